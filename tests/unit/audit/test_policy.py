"""Policies: who counts, how many are needed, and that a file which is not plain is refused with its line."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.checkpoint import SigningKey
from backend.audit.cosignature import CosignerKey, CosigningKey
from backend.audit.note import InvalidNote, split_note
from backend.audit.policy import Cosigner, Group, InvalidPolicy, Log, Policy
from tests.unit.audit.cosigned_log import AT, COSIGNERS, COSIGNING, KEY, cosigned, numbered

NOTE = numbered(5).note()
LOG = f"log {KEY.public.to_text()}"
A, B, C = (f"witness {name} {key.public.to_text()}" for name, key in zip("ABC", COSIGNING, strict=True))


@pytest.mark.parametrize("signing", [chosen for n in range(4) for chosen in itertools.combinations(range(3), n)])
@pytest.mark.parametrize("needed", range(4))
def test_the_quorum_is_met_by_enough_cosigners_whoever_they_are(needed: int, signing: tuple[int, ...]) -> None:
    examined = Policy.of(KEY.public, COSIGNERS, needed).examine(cosigned(NOTE, *(COSIGNING[i] for i in signing)))
    assert [(c.name, c.at) for c in examined.cosigned] == [(COSIGNERS[i].name, AT) for i in signing]
    assert (examined.needed, examined.total, examined.met) == (needed, 3, len(signing) >= needed)
    assert examined.checkpoint.size == 5


def test_groups_of_groups_count_as_the_standard_says() -> None:
    policy = Policy.from_text(f"{LOG}\n{A}\n{B}\n{C}\ngroup X 2 A B\ngroup Z all X C\nquorum Z\n")
    assert (policy.needed, policy.total) == (3, 3)
    assert not policy.examine(cosigned(NOTE, *COSIGNING[:2])).met
    assert policy.examine(cosigned(NOTE, *COSIGNING)).met
    either = Policy.from_text(f"{LOG}\n{A}\n{B}\n{C}\ngroup X all A B\ngroup Z any X C\nquorum Z")
    assert (either.needed, either.total) == (1, 3)
    assert either.examine(cosigned(NOTE, COSIGNING[2])).met
    assert not either.examine(cosigned(NOTE, COSIGNING[0])).met


def test_one_cosigner_may_be_the_quorum_and_others_are_only_named() -> None:
    policy = Policy.from_text(
        f"# kebijakan\n\n \t{LOG}\thttps://log.contoh.invalid\n{A} https://a.invalid\n{B}\nquorum A"
    )
    assert (policy.needed, policy.total) == (1, 1)
    assert policy.log_key == KEY.public
    assert [one.url for one in policy.cosigners] == ["https://a.invalid", None]
    assert not policy.examine(cosigned(NOTE, COSIGNING[1])).met


def test_a_cosigner_counts_once_and_with_his_latest_time() -> None:
    twice = cosigned(NOTE, COSIGNING[0]) + COSIGNING[0].cosign(split_note(NOTE)[0], AT.replace(hour=9))
    examined = Policy.of(KEY.public, COSIGNERS, 2).examine(twice)
    assert [c.at.hour for c in examined.cosigned] == [9]
    assert not examined.met
    assert twice.endswith(examined.cosigned[0].line)


def test_the_name_of_a_cosigner_is_worth_nothing_without_his_key() -> None:
    impostor = CosigningKey.generate(COSIGNING[0].name)
    assert Policy.of(KEY.public, COSIGNERS, 1).examine(cosigned(NOTE, impostor)).cosigned == ()


def test_a_line_that_claims_a_known_key_and_does_not_verify_refuses_the_note() -> None:
    other = numbered(6).note()
    borrowed = cosigned(other, COSIGNING[0]).removeprefix(other)
    with pytest.raises(InvalidNote, match="does not verify"):
        Policy.of(KEY.public, COSIGNERS, 0).examine(NOTE + borrowed)


def test_a_note_of_another_log_is_refused() -> None:
    with pytest.raises(InvalidNote, match="no signature by a log"):
        Policy.of(SigningKey.generate(KEY.name).public, COSIGNERS, 0).examine(NOTE)
    foreign = SigningKey.generate("lain.invalid")
    with pytest.raises(InvalidNote, match="no signature by a log"):
        Policy.of(foreign.public, [], 0).examine(foreign.sign(split_note(NOTE)[0]))


def test_after_a_rotation_either_key_opens_the_log() -> None:
    new = SigningKey.generate(KEY.name)
    policy = Policy((Log(new.public), Log(KEY.public)))
    assert Policy.from_text(policy.to_text()) == policy
    assert policy.log_key == new.public
    assert policy.examine(NOTE).checkpoint.size == 5


@pytest.mark.parametrize("place", range(12, 12 + 8 + 64))
def test_every_bit_of_a_cosignature_counts(place: int) -> None:
    text = split_note(NOTE)[0]
    raw = bytearray(split_note(cosigned(NOTE, COSIGNING[0]))[1][1][1])
    raw[place % len(raw)] ^= 1
    with pytest.raises(InvalidNote):
        COSIGNING[0].public.verify(text, bytes(raw))


def test_a_time_after_the_year_9999_is_no_time() -> None:
    far = CosigningKey.generate("jauh.invalid")
    line = far.cosign("x\n", AT)
    seconds = b"\x7f" + bytes(7)
    message = f"cosignature/v1\ntime {int.from_bytes(seconds, 'big')}\nx\n".encode()
    assert line
    with pytest.raises(InvalidNote, match="no time"):
        far.public.verify("x\n", far.public.id + seconds + far._key.sign(message))


def test_keys_of_cosigners_come_back_from_their_lines_and_are_no_log_keys() -> None:
    key = COSIGNING[0]
    assert CosignerKey.from_text(key.public.to_text() + "\n") == key.public
    assert CosigningKey.from_text(key.to_text() + "\n").public == key.public
    assert key.to_text().split("+", 4)[4] not in repr(key)
    with pytest.raises(InvalidNote):
        CosignerKey.from_text(KEY.public.to_text())
    with pytest.raises(InvalidNote):
        CosigningKey.from_text(KEY.to_text())


@pytest.mark.parametrize(
    ("lines", "line", "why"),
    [
        ([A, "quorum A"], 0, "no-log"),
        ([LOG, A], 0, "no-quorum"),
        ([LOG, A, "quorum A", "quorum A"], 4, "quorum-twice"),
        ([LOG, LOG, "quorum none"], 2, "key-twice"),
        ([LOG, A, A.replace(" A ", " B "), "quorum A"], 3, "key-twice"),
        ([LOG, A, B.replace(" B ", " A "), "quorum A"], 3, "name-twice"),
        ([LOG, A.replace(" A ", " none "), "quorum none"], 2, "name-twice"),
        ([LOG, "quorum A", A], 2, "unknown-name"),
        ([LOG, A, "group X any none", "quorum X"], 3, "unknown-name"),
        ([LOG, A, "group X any X", "quorum X"], 3, "unknown-name"),
        ([LOG, A, "group X any A A", "quorum X"], 3, "member-twice"),
        ([LOG, A, B, "group X any A", "group Y any A B", "quorum Y"], 5, "member-twice"),
        ([LOG, A, "group X 2 A", "quorum X"], 3, "wrong-threshold"),
        ([LOG, A, "group X 0 A", "quorum X"], 3, "wrong-threshold"),
        ([LOG, A, "group X 01 A", "quorum X"], 3, "wrong-threshold"),
        ([LOG, A, "group X some A", "quorum X"], 3, "wrong-threshold"),
        ([LOG, A, "group X any", "quorum X"], 3, "wrong-number-of-words"),
        ([LOG, A, "quorum"], 3, "wrong-number-of-words"),
        ([LOG + " a b", "quorum none"], 1, "wrong-number-of-words"),
        ([LOG, "saksi A", "quorum none"], 2, "unknown-keyword"),
        (["log contoh+00000000+AAAA", "quorum none"], 1, "key-invalid"),
        ([f"log {COSIGNING[0].public.to_text()}", "quorum none"], 1, "key-invalid"),
        ([LOG, f"witness A {KEY.public.to_text()}", "quorum A"], 2, "key-invalid"),
        ([LOG, "quorum none\r"], 2, "control-character"),
        ([LOG, "quorum\u00a0none"], 2, "unknown-keyword"),
        ([LOG, "quorum none", "#" * 300_000], 0, "too-long"),
    ],
)
def test_what_breaks_a_rule_is_named_with_its_line(lines: list[str], line: int, why: str) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        Policy.from_text("\n".join(lines))
    assert refused.value.facts == {"line": line, "why": why}


NAMES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x2FF, blacklist_characters="\x7f\xa0"), min_size=1)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    count = draw(st.integers(0, 3))
    names = draw(
        st.lists(NAMES.filter(lambda name: name != "none"), min_size=count + 2, max_size=count + 2, unique=True)
    )
    urls = st.none() | st.just("https://penjaga.contoh.invalid/a")
    cosigners = tuple(Cosigner(names[i], COSIGNING[i].public, draw(urls)) for i in range(count))
    groups: list[Group] = []
    free = names[:count]
    for name in names[count:]:
        members = draw(st.lists(st.sampled_from(free), unique=True, max_size=4)) if free else []
        if members:
            groups.append(Group(name, draw(st.integers(1, len(members))), tuple(members)))
            free = [*(one for one in free if one not in members), name]
    quorum = draw(st.sampled_from(["none", *names[:count], *(group.name for group in groups)]))
    return Policy((Log(KEY.public),), cosigners, tuple(groups), quorum)


@given(policies())
def test_a_policy_comes_back_from_its_text(policy: Policy) -> None:
    assert Policy.from_text(policy.to_text()) == policy


@given(policies(), st.sets(st.integers(0, 2)), st.integers(0, 2))
def test_another_cosignature_never_breaks_a_quorum(policy: Policy, signing: set[int], more: int) -> None:
    before = policy.examine(cosigned(NOTE, *(COSIGNING[i] for i in sorted(signing))))
    after = policy.examine(cosigned(NOTE, *(COSIGNING[i] for i in sorted(signing | {more}))))
    assert after.met >= before.met
    assert not before.met or len(before.cosigned) >= before.needed


@given(st.text(max_size=200))
def test_any_other_text_is_refused_as_one_thing(text: str) -> None:
    with pytest.raises(InvalidPolicy):
        Policy.from_text(text)
