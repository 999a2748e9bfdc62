// Reads an unpacked evidence bundle with Go's transparency log library and with torchwood, and says what holds.
//
//	tlog FOLDER POLICY
//
// Signatures, policies, proofs and trees are theirs (golang.org/x/mod/sumdb, filippo.io/torchwood); this file only opens
// the files and prints one line for each check. README.md beside it says what lies in the folder.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var failed bool

func tell(name string, err error, more string) {
	if err != nil {
		failed = true
		fmt.Printf("FAIL %s %v\n", name, err)
		return
	}
	fmt.Printf("ok %s %s\n", name, more)
}

type bundle struct {
	folder  string
	policy  torchwood.Policy // as the auditor wrote it, quorum included
	logOnly torchwood.Policy // the same logs, no cosigner asked for
	log     note.Verifiers
	leaves  [][]byte
	numbers []int64
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tlog FOLDER POLICY")
		os.Exit(64)
	}
	b, err := open(os.Args[1], os.Args[2])
	tell("open", err, "policy and events")
	if err == nil {
		b.checkpoints()
		b.seal()
		b.receipts()
		tell("complete", b.complete(), "minutes.sealed counts every event before it")
		b.whole()
	}
	if failed {
		os.Exit(1)
	}
}

func open(folder, policyFile string) (*bundle, error) {
	text, err := os.ReadFile(policyFile)
	if err != nil {
		return nil, err
	}
	b := &bundle{folder: folder}
	if b.policy, err = torchwood.ParsePolicy(text); err != nil {
		return nil, err
	}
	var logs []string
	var verifiers []note.Verifier
	for _, line := range strings.Split(string(text), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "log" {
			v, err := note.NewVerifier(fields[1])
			if err != nil {
				return nil, err
			}
			logs, verifiers = append(logs, line), append(verifiers, v)
		}
	}
	b.log = note.VerifierList(verifiers...)
	if b.logOnly, err = torchwood.ParsePolicy([]byte(strings.Join(logs, "\n") + "\nquorum none\n")); err != nil {
		return nil, err
	}
	if b.leaves, err = lines(filepath.Join(folder, "events.jsonl")); err != nil {
		return nil, err
	}
	numbers, err := lines(filepath.Join(folder, "events.idx"))
	if err != nil {
		return nil, err
	}
	for _, line := range numbers {
		n, err := strconv.ParseInt(string(line), 10, 64)
		if err != nil || (len(b.numbers) > 0 && n <= b.numbers[len(b.numbers)-1]) {
			return nil, fmt.Errorf("events.idx: %q", line)
		}
		b.numbers = append(b.numbers, n)
	}
	if len(b.numbers) != len(b.leaves) || len(b.leaves) == 0 {
		return nil, errors.New("events.jsonl and events.idx differ in length")
	}
	return b, nil
}

// lines returns what stands between line feeds; the last line must end with one too.
func lines(path string) ([][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		return nil, fmt.Errorf("%s does not end with a line feed", filepath.Base(path))
	}
	return bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")), nil
}

func (b *bundle) checkpoint(name string) (torchwood.Checkpoint, error) {
	text, err := os.ReadFile(filepath.Join(b.folder, name))
	if err != nil {
		return torchwood.Checkpoint{}, err
	}
	n, err := note.Open(text, b.log)
	if err != nil {
		return torchwood.Checkpoint{}, err
	}
	return torchwood.ParseCheckpoint(n.Text)
}

func (b *bundle) checkpoints() {
	first, err := b.checkpoint("open.checkpoint")
	tell("open.checkpoint", err, fmt.Sprint(first.N))
	last, err2 := b.checkpoint("seal.checkpoint")
	tell("seal.checkpoint", err2, fmt.Sprint(last.N))
	if err != nil || err2 != nil {
		return
	}
	tell("consistency", b.consistency(first, last), fmt.Sprintf("%d to %d", first.N, last.N))
}

func (b *bundle) consistency(first, last torchwood.Checkpoint) error {
	text, err := os.ReadFile(filepath.Join(b.folder, "consistency.json"))
	if err != nil {
		return err
	}
	var said struct {
		Old, New int64
		Hashes   []string
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return err
	}
	if said.Old != first.N || said.New != last.N {
		return errors.New("it speaks of other sizes than the checkpoints")
	}
	var proof tlog.TreeProof
	for _, one := range said.Hashes {
		raw, err := base64.StdEncoding.DecodeString(one)
		if err != nil || len(raw) != tlog.HashSize {
			return errors.New("no hash")
		}
		proof = append(proof, tlog.Hash(raw))
	}
	return tlog.CheckTree(proof, last.N, last.Hash, first.N, first.Hash)
}

func (b *bundle) seal() {
	last := len(b.leaves) - 1
	tell("seal.tlog-proof", b.prove("seal.tlog-proof", b.leaves[last], b.numbers[last], b.policy),
		fmt.Sprintf("minutes.sealed is entry %d, quorum met", b.numbers[last]))
	if leaf, err := os.ReadFile(filepath.Join(b.folder, "open.anchored.json")); err == nil {
		leaf = bytes.TrimSuffix(leaf, []byte("\n"))
		tell("open.anchored.tlog-proof", b.prove("open.anchored.tlog-proof", leaf, -1, b.logOnly), "")
	}
}

// prove checks one offline proof, and that it is for the entry of that number (-1: any).
func (b *bundle) prove(name string, leaf []byte, number int64, policy torchwood.Policy) error {
	text, err := os.ReadFile(filepath.Join(b.folder, name))
	if err != nil {
		return err
	}
	if number >= 0 && !bytes.Contains(text, []byte(fmt.Sprintf("\nindex %d\n", number))) {
		return fmt.Errorf("it is not for entry %d", number)
	}
	return torchwood.VerifyProof(policy, tlog.RecordHash(leaf), text)
}

func (b *bundle) receipts() {
	at := map[string]int{}
	for i, number := range b.numbers {
		at[fmt.Sprint(number)] = i
	}
	found, _ := filepath.Glob(filepath.Join(b.folder, "receipts", "*.tlog-proof"))
	for _, path := range found {
		name := filepath.Base(path)
		i, known := at[strings.TrimSuffix(name, ".tlog-proof")]
		if !known {
			tell("receipts/"+name, errors.New("no event of this number"), "")
			continue
		}
		tell("receipts/"+name, b.prove("receipts/"+name, b.leaves[i], b.numbers[i], b.logOnly), "")
	}
}

// complete compares what minutes.sealed commits to with a tree over the events before it.
func (b *bundle) complete() error {
	var sealed struct {
		Type string
		Data struct {
			X struct {
				Count int
				Root  string
			}
		}
	}
	if err := json.Unmarshal(b.leaves[len(b.leaves)-1], &sealed); err != nil {
		return err
	}
	x := sealed.Data.X
	if sealed.Type != "prasasti.minutes.sealed.v1" || x.Count < 0 || x.Count >= len(b.leaves) {
		return errors.New("the last event is not minutes.sealed with a count")
	}
	root, err := rootOf(b.leaves[:x.Count])
	if err != nil {
		return err
	}
	if hex.EncodeToString(root[:]) != x.Root {
		return fmt.Errorf("another root over %d events", x.Count)
	}
	return nil
}

// whole builds the tree of the whole log anew, if its leaves are there.
func (b *bundle) whole() {
	leaves, err := lines(filepath.Join(b.folder, "log.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = b.rebuild(leaves)
	}
	tell("log.jsonl", err, fmt.Sprintf("%d leaves", len(leaves)))
}

func (b *bundle) rebuild(leaves [][]byte) error {
	last, err := b.checkpoint("seal.checkpoint")
	if err != nil {
		return err
	}
	if int64(len(leaves)) < last.N {
		return errors.New("fewer leaves than the checkpoint")
	}
	root, err := rootOf(leaves[:last.N])
	if err == nil && root != last.Hash {
		err = errors.New("another root than the checkpoint")
	}
	return err
}

func rootOf(leaves [][]byte) (tlog.Hash, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	for n, leaf := range leaves {
		hashes, err := tlog.StoredHashes(int64(n), leaf, reader)
		if err != nil {
			return tlog.Hash{}, err
		}
		stored = append(stored, hashes...)
	}
	return tlog.TreeHash(int64(len(leaves)), reader)
}
