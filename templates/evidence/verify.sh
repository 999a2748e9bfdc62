#!/bin/sh
# Checks an unpacked evidence bundle with a shell, coreutils, xxd and openssl alone: none of our programs, no server.
#
#   unzip -q CEREMONY.asice -d FOLDER
#   sh verify.sh FOLDER LOG-KEY [ROOT.pem]
#
# LOG-KEY   the log's public key (name+hash+base64), or a file with it, or a policy (c2sp.org/tlog-policy), by which
#           the cosigners are checked too; ROOT.pem  the root certificate of the timestamp authority. Keep both
#           yourself, and this script too: whoever forged a bundle would also forge what lies in it.
#           The signatures inside the PDFs are checked by `prasasti verify` and by any PDF reader.
# Status    0 everything holds; 1 something does not; 2 something could not be checked; 64 wrong use.
set -u
LC_ALL=C
export LC_ALL
unset CDPATH IFS

if [ $# -lt 2 ] || [ $# -gt 3 ] || [ ! -d "$1" ]; then
    echo "usage: sh verify.sh FOLDER LOG-KEY [ROOT.pem]" >&2
    exit 64
fi
key=$2 root=${3-} witnesses='' groups='' quorum=''
if [ -f "$key" ]; then
    found=
    while read -r word first rest || [ -n "$word" ]; do
        case $word in
        log) [ -n "$found" ] || found=$first ;;
        witness) witnesses="$witnesses $first=${rest%% *}" ;;
        group) groups="$groups/$first $rest /" ;;
        quorum) quorum=$first ;;
        *+*+*) found=$word ;;
        esac
    done < "$key"
    key=$found
fi
if [ -n "$root" ]; then
    case $root in /*) ;; *) root=$PWD/$root ;; esac
    [ -f "$root" ] || { echo "verify.sh: no such file: $root" >&2; exit 64; }
fi
cd -- "$1" || exit 64
work=$(mktemp -d) || exit 64
trap 'rm -rf "$work"' EXIT
trap 'exit 64' HUP INT TERM

failed=0 open=0
tell() { # name, verdict, words
    case $2 in FAIL) failed=1 ;; INDETERMINATE) open=1 ;; esac
    printf '%-14s %-13s %s\n' "$1" "$2" "$3"
}
plain() { [ -f "$1" ] && [ ! -L "$1" ]; }
hash() { sha256sum | cut -c1-64; }
node() { printf '01%s%s' "$1" "$2" | xxd -r -p | hash; }
leaf() { { printf '\000'; cat; } | hash; }
bytes() { printf %s "$1" | base64 -d 2>/dev/null | xxd -p -c 256; } # of base64, in hex

# --- files and the digests that the manifest lists for them ---------------------------------------------------------
names=' ' why=
walk() { # folder with slash, or nothing
    for one in "$1"* "$1".[!.]* "$1"..?*; do
        [ -e "$one" ] || [ -L "$one" ] || continue
        case $one in *[!A-Za-z0-9._/-]*) why="a file with a strange name"; continue ;; esac
        if [ -L "$one" ]; then why="$one is a link"
        elif [ -d "$one" ]; then walk "$one/"
        else
            case $one in mimetype | META-INF/ASiCManifest.xml | META-INF/timestamp.tst) ;;
            *) case $names in *" $one "*) ;; *) why="$one is not listed" ;; esac ;; esac
        fi
    done
}
manifest=META-INF/ASiCManifest.xml
set --
: > "$work/want"
if plain "$manifest"; then
    while IFS= read -r line; do
        case $line in
        '<asic:DataObjectReference URI="'*'#sha256"/><ds:DigestValue>'*'</ds:DigestValue></asic:DataObjectReference>')
            name=${line#*URI=\"} name=${name%%\"*} value=${line#*<ds:DigestValue>}
            case $name in '' | /* | *..* | *[!A-Za-z0-9._/-]*) why="a strange name is listed"; continue ;; esac
            case $names in *" $name "*) why="$name is listed twice" ;; esac
            plain "$name" || { why="$name is missing"; continue; }
            names="$names$name "
            set -- "$@" "$name"
            printf '%s\n' "${value%%</ds:DigestValue>*}" >> "$work/want" ;;
        '<?xml '* | '<asic:ASiCManifest '* | '</asic:ASiCManifest>') ;;
        '<asic:SigReference URI="META-INF/timestamp.tst" MimeType="application/vnd.etsi.timestamp-token"/>') ;;
        *) why="the manifest has a line that this script does not know" ;;
        esac
    done < "$manifest"
else
    why="there is no manifest"
fi
if [ $# -gt 0 ]; then
    # 32 bytes and a zero are 33, which is 44 letters of base64 without padding: all digests at once
    sha256sum -- "$@" | cut -c1-64 | while read -r one; do printf '%s00' "$one"; done |
        xxd -r -p | base64 -w 44 | cut -c1-43 > "$work/got"
    cut -c1-43 "$work/want" > "$work/short"
    printf '%s\n' "$@" | paste -d ' ' "$work/short" "$work/got" - > "$work/both"
    while read -r want got name; do [ "$want" = "$got" ] || why="$name was changed"; done < "$work/both"
fi
for need in events.jsonl events.idx seal.tlog-proof open.checkpoint seal.checkpoint consistency.json \
    disclosures.jsonl documents/berita-acara.pdf; do
    case $names in *" $need "*) ;; *) why="$need is missing" ;; esac
done
walk ''
if [ -n "$why" ]; then tell manifest FAIL "$why"; exit 1; fi
tell manifest OK "$# files are those that are listed, and there are no others"

# --- timestamps -----------------------------------------------------------------------------------------------------
when() { # file, options: the time that a timestamp states
    openssl ts -reply -in "$@" -text 2>/dev/null | while IFS= read -r line; do
        case $line in 'Time stamp: '*) printf %s "${line#Time stamp: }" ;; esac
    done
}
stamped() { # name, data, timestamp, options
    name=$1 data=$2 file=$3
    shift 3
    if ! plain "$file"; then tell "$name" INDETERMINATE "there is no timestamp over $data"
    elif [ -z "$root" ]; then tell "$name" INDETERMINATE "no ROOT.pem was given to check $file with"
    elif openssl ts -verify -data "$data" -in "$file" "$@" -CAfile "$root" > /dev/null 2>&1; then
        tell "$name" OK "$data existed on $(when "$file" "$@")"
    else tell "$name" FAIL "$file is no timestamp over $data by an authority under that root"; fi
}
stamped container "$manifest" META-INF/timestamp.tst -token_in
stamped opening open.checkpoint open.checkpoint.tsr
stamped sealing seal.checkpoint seal.checkpoint.tsr

# --- the log's key and its notes ------------------------------------------------------------------------------------
origin=${key%%+*} rest=${key#*+} id=${rest%%+*}
public=$(bytes "${rest#*+}")
case $public in 01????????????????????????????????????????????????????????????????) ;; *) public= ;; esac
here=$({ printf '%s\n' "$origin"; printf %s "$public" | xxd -r -p; } | hash | cut -c1-8)
if [ -z "$public" ] || [ "$here" != "$id" ]; then tell log-key FAIL "LOG-KEY is no key of a log"; exit 1; fi
printf '302a300506032b6570032100%s' "${public#01}" | xxd -r -p > "$work/key"

note() { # file: leaves size and tree (hex) if the log's key signed it
    size='' tree='' signed=0 part=text number=0
    : > "$work/text"
    while IFS= read -r line; do
        if [ $part = text ] && [ -n "$line" ]; then
            printf '%s\n' "$line" >> "$work/text"
            number=$((number + 1))
            case $number in 1) [ "$line" = "$origin" ] || return 1 ;; 2) size=$line ;; 3) tree=$(bytes "$line") ;; esac
        elif [ $part = text ]; then part=signatures
        else
            case $line in "— $origin "*) ;; "— "*) continue ;; *) return 1 ;; esac
            value=$(bytes "${line##* }")
            case $value in "$id"*) ;; *) continue ;; esac
            printf %s "${value#"$id"}" | xxd -r -p > "$work/signature"
            openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key" -rawin -in "$work/text" \
                -sigfile "$work/signature" > /dev/null 2>&1 || return 1
            signed=1
        fi
    done < "$1"
    case $size in '' | *[!0-9]* | 0?* | ???????????????*) return 1 ;; esac
    [ $signed = 1 ] && [ ${#tree} = 64 ]
}
proof() { # proof, file with the leaf's bytes: leaves size, tree and index if the leaf is in the log
    hashes='' index='' head=1 first=1
    : > "$work/note"
    while IFS= read -r line; do
        if [ $head = 0 ]; then printf '%s\n' "$line" >> "$work/note"
        elif [ $first = 1 ]; then first=0; [ "$line" = c2sp.org/tlog-proof@v1 ] || return 1
        elif [ -z "$line" ]; then head=0
        else
            case $line in 'extra '*) ;; 'index '*) index=${line#index } ;; *) hashes="$hashes $(bytes "$line")" ;; esac
        fi
    done < "$1"
    note "$work/note" || return 1
    case $index in '' | *[!0-9]* | 0?* | ???????????????*) return 1 ;; esac
    [ "$index" -lt "$size" ] || return 1
    fn=$index sn=$((size - 1)) r=$(leaf < "$2")
    for p in $hashes; do # RFC 9162 section 2.1.3.2
        [ ${#p} = 64 ] && [ "$sn" != 0 ] || return 1
        if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
            r=$(node "$p" "$r")
            while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do fn=$((fn >> 1)) sn=$((sn >> 1)); done
        else r=$(node "$r" "$p"); fi
        fn=$((fn >> 1)) sn=$((sn >> 1))
    done
    [ "$sn" = 0 ] && [ "$r" = "$tree" ]
}
if note open.checkpoint; then open_size=$size open_tree=$tree; else tell log FAIL "open.checkpoint is not signed by $origin"; exit 1; fi
if note seal.checkpoint; then seal_size=$size seal_tree=$tree; else tell log FAIL "seal.checkpoint is not signed by $origin"; exit 1; fi
tell log OK "$origin signed both checkpoints, of $open_size and $seal_size entries"

# --- the sealed minutes in the log, and all events before them ------------------------------------------------------
events=0 last='' digests='' archived=''
mkdir "$work/leaves"
while IFS= read -r line; do
    events=$((events + 1)) last=$line
    printf '\000%s' "$line" > "$work/leaves/$((10000000 + events))"
    case $line in *'"_sd":['*) value=${line#*\"_sd\":[} digests="$digests${value%%]*}," ;; esac
    case $line in *'"sha256":"'*)
        value=${line#*\"sha256\":\"} value=${value%%\"*}
        printf '%s ' "$value" >&3
        case $line in *'"type":"prasasti.document.archived.v1"'*) archived="$archived $value" ;; esac ;;
    esac
done < events.jsonl 3> "$work/named"
place=-1 numbers=0
while read -r line; do
    case $line in '' | *[!0-9]* | ???????????????*) line=-1 ;; esac
    [ "$line" -gt "$place" ] && numbers=$((numbers + 1))
    place=$line
done < events.idx
printf %s "$last" > "$work/last"
if [ $numbers = $events ] && proof seal.tlog-proof "$work/last" && [ "$index" = "$place" ]; then
    tell seal OK "the sealed minutes are entry $((index + 1)) of $size"
    cosigned_size=$size cosigned_tree=$tree
    cp "$work/text" "$work/sealed-text"
    cp "$work/note" "$work/sealed-note"
else
    tell seal FAIL "seal.tlog-proof does not prove the last line of events.jsonl"
    exit 1
fi

# --- cosigners: who else signed the checkpoint under the seal (c2sp.org/tlog-cosignature) ------------------------------
cosigned() { # key line: succeeds if this cosigner signed the note of the seal's proof, fails with 2 if falsely
    name=${1%%+*} rest=${1#*+} line_id=${rest%%+*} own=$(bytes "${rest#*+}") answer=1
    case $own in 04????????????????????????????????????????????????????????????????) ;; *) return 2 ;; esac
    printf '302a300506032b6570032100%s' "${own#04}" | xxd -r -p > "$work/cosigner"
    while IFS= read -r line; do
        case $line in "— $name "*) ;; *) continue ;; esac
        value=$(bytes "${line##* }")
        case $value in "$line_id"*) ;; *) continue ;; esac
        value=${value#"$line_id"}
        [ ${#value} = 144 ] || return 2
        seconds=$(printf '%d' "0x${value%"${value#????????????????}"}")
        printf %s "${value#????????????????}" | xxd -r -p > "$work/signature"
        { printf 'cosignature/v1\ntime %s\n' "$seconds"; cat "$work/sealed-text"; } > "$work/message"
        openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/cosigner" -rawin -in "$work/message" \
            -sigfile "$work/signature" > /dev/null 2>&1 || return 2
        answer=0
    done < "$work/sealed-note"
    return $answer
}
if [ -n "$quorum" ]; then
    signed=' ' number=0 total=0 false=''
    for one in $witnesses; do
        total=$((total + 1))
        cosigned "${one#*=}"
        case $? in 0) signed="$signed${one%%=*} " number=$((number + 1)) ;; 2) false=${one%%=*} ;; esac
    done
    needed='' count=0
    case $groups in
    */"$quorum "*)
        rest=${groups#*/"$quorum "} rest=${rest%%/*} needed=${rest%% *}
        case $needed in all) needed=0; for one in ${rest#* }; do needed=$((needed + 1)); done ;; any) needed=1 ;; esac
        for one in ${rest#* }; do case $signed in *" $one "*) count=$((count + 1)) ;; esac; done ;;
    *)
        needed=1
        case $signed in *" $quorum "*) count=1 ;; esac
        [ "$quorum" = none ] && needed=0 ;;
    esac
    if [ -n "$false" ]; then tell cosigners FAIL "the line of $false does not verify"
    elif [ "$count" -ge "$needed" ]; then tell cosigners OK "$number of $total signed; the policy asks for $needed"
    else tell cosigners INDETERMINATE "$number of $total signed; the policy asks for $needed (groups inside groups are not read)"; fi
fi

fold() { # file with one hash a line: the RFC 6962 root, level by level (neighbours are paired, an odd one goes up)
    cp "$1" "$work/level"
    while [ "$(wc -l < "$work/level")" -gt 1 ]; do
        paste -d '\0' - - < "$work/level" > "$work/pairs"
        rm -rf "$work/nodes"
        mkdir "$work/nodes"
        odd=
        while read -r pair; do
            if [ ${#pair} = 128 ]; then printf '01%s' "$pair"; else printf %s "$pair" > "$work/odd"; fi
        done < "$work/pairs" | xxd -r -p | split -a 6 -b 65 - "$work/nodes/"
        sha256sum "$work/nodes/"* | cut -c1-64 > "$work/level"
        if [ -f "$work/odd" ]; then odd=$(cat "$work/odd"); printf '%s\n' "$odd" >> "$work/level"; rm "$work/odd"; fi
    done
    cat "$work/level"
}
case $last in
*'"type":"prasasti.minutes.sealed.v1"'*) ;;
*) tell complete FAIL "the last event is not the sealing of the minutes"; exit 1 ;;
esac
value=${last#*\"x\":\{\"count\":} count=${value%%,*} value=${value#*\"root\":\"} want=${value%%\"*}
rm "$work/leaves/$((10000000 + events))"
sha256sum "$work/leaves/"* 2> /dev/null | cut -c1-64 > "$work/hashes"
if [ "$count" = $((events - 1)) ] && [ "$(fold "$work/hashes")" = "$want" ]; then
    tell complete OK "all $count events that the minutes count are here, unchanged and in order"
else tell complete FAIL "these are not the $count events that the minutes count"; fi

# --- the log only grew ----------------------------------------------------------------------------------------------
grows() { # file, old size and tree, new size and tree: RFC 9162 section 2.1.4.2
    old='' new='' hashes=
    while IFS= read -r line; do
        line=${line%,}
        case $line in
        '"old": '*) old=${line#*: } ;;
        '"new": '*) new=${line#*: } ;;
        '"hashes": '* | '{' | '}' | ']') ;;
        '"'*'"') value=${line#\"} hashes="$hashes $(bytes "${value%\"}")" ;;
        *) return 1 ;;
        esac
    done < "$1"
    [ "$old" = "$2" ] && [ "$new" = "$4" ] && [ "$old" -le "$new" ] || return 1
    if [ "$old" = "$new" ]; then [ -z "$hashes" ] && [ "$3" = "$5" ]; return; fi
    fn=$((old - 1)) sn=$((new - 1))
    while [ $((fn & 1)) = 1 ]; do fn=$((fn >> 1)) sn=$((sn >> 1)); done
    [ $((old & (old - 1))) = 0 ] && hashes="$3 $hashes"
    fr=
    for c in $hashes; do
        [ ${#c} = 64 ] || return 1
        if [ -z "$fr" ]; then fr=$c sr=$c; continue; fi
        [ "$sn" != 0 ] || return 1
        if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
            fr=$(node "$c" "$fr") sr=$(node "$c" "$sr")
            while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do fn=$((fn >> 1)) sn=$((sn >> 1)); done
        else sr=$(node "$sr" "$c"); fi
        fn=$((fn >> 1)) sn=$((sn >> 1))
    done
    [ -n "$fr" ] && [ "$sn" = 0 ] && [ "$fr" = "$3" ] && [ "$sr" = "$5" ]
}
why=
grows consistency.json "$open_size" "$open_tree" "$seal_size" "$seal_tree" || why="consistency.json proves nothing"
if [ "$seal_size" = "$cosigned_size" ]; then
    [ "$seal_tree" = "$cosigned_tree" ] || why="two trees of $seal_size entries"
elif ! plain seal.consistency.json; then why="seal.consistency.json is missing"
elif [ "$seal_size" -lt "$cosigned_size" ]; then
    grows seal.consistency.json "$seal_size" "$seal_tree" "$cosigned_size" "$cosigned_tree" || why="seal.consistency.json proves nothing"
else
    grows seal.consistency.json "$cosigned_size" "$cosigned_tree" "$seal_size" "$seal_tree" || why="seal.consistency.json proves nothing"
fi
[ "$place" -lt "$seal_size" ] || why="seal.checkpoint does not cover the seal"
if [ -n "$why" ]; then tell append-only FAIL "$why"
else tell append-only OK "the log of $seal_size entries extends that of $open_size"; fi

if plain open.anchored.json && plain open.anchored.tlog-proof && plain open.checkpoint.tsr; then
    told=$(sha256sum < open.checkpoint.tsr | cut -c1-64)
    proof open.anchored.tlog-proof open.anchored.json || told=none
    case $(cat open.anchored.json) in
    *"\"tsr_sha256\":\"$told\""*) tell not-before OK "entries after $((index + 1)) are later than the timestamp over the opening" ;;
    *) tell not-before FAIL "open.anchored.json is not the log's record of that timestamp" ;;
    esac
else tell not-before INDETERMINATE "the log's record of the timestamp over the opening is not here"; fi

# --- documents and personal values ----------------------------------------------------------------------------------
why='' number=0 present=
named=$(cat "$work/named")
for file in documents/*.pdf; do
    number=$((number + 1)) value=$(sha256sum < "$file" | cut -c1-64)
    present="$present $value"
    case $named in *"$value "*) ;; *) why="no event names $file" ;; esac
done
for value in $archived; do
    case $present in *"$value"*) ;; *) why="an archived document is missing: $value" ;; esac
done
if [ -n "$why" ]; then tell documents FAIL "$why"
else tell documents OK "$number files, each named by an event; signatures inside are not checked here"; fi

why='' number=0
mkdir "$work/values"
while IFS= read -r line; do
    case $line in '{"disclosure":"'*'","event":"'*'"}') ;; *) why="a line that is no disclosure" ;; esac
    number=$((number + 1)) value=${line#*:\"}
    printf %s "${value%%\"*}" > "$work/values/$((10000000 + number))"
done < disclosures.jsonl
if [ $number -gt 0 ]; then
    sha256sum "$work/values/"* | cut -c1-64 | while read -r one; do printf '%s00' "$one"; done |
        xxd -r -p | base64 -w 44 | cut -c1-43 | tr '+/' '-_' > "$work/shown"
    while read -r one; do case $digests in *"\"$one\""*) ;; *) why="a value that belongs to no event" ;; esac; done < "$work/shown"
fi
if [ -n "$why" ]; then tell disclosures FAIL "$why"
else tell disclosures OK "$number values, each behind a digest in an event"; fi

[ $failed = 1 ] && exit 1
[ $open = 1 ] && exit 2
exit 0
