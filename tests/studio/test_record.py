"""The record in the studio: for operators, and harmless whatever is in it."""

import html
import re
import time

import pytest

from midflow.core.record.multipart import Part
from midflow.store import attachments, erasure, forwarders, statements
from midflow.store.privacy import accesses_of
from tests.store.statements import HOME, activity, ifi, rows, statement, verb

LIST = "/studio/record/statements/"
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'{{ 7|add:1 }}"


@pytest.fixture
def omar(data, sign_in):
    return sign_in("omar@desk.example", "Operators")


def write(fn):
    from midflow.studio.storage import store

    return store().write(fn)


def put(*made):
    write(lambda tx: statements.add_statements(tx, rows(*made), now_ms=int(time.time() * 1000)))
    return [one["id"] for one in made]


def text(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def listed(page):
    """The ids of the statements that a page lists."""
    return re.findall(r'class="when"><a href="/studio/record/statements/([0-9a-f-]{36})/"', page)


def test_authors_managers_and_learners_do_not_see_the_record(data, sign_in):
    (id,) = put(statement())
    places = ("/studio/record/", LIST, f"{LIST}{id}/", f"{LIST}{id}/attachments/{'ab' * 32}/")
    for group in ("Authors", "Managers", ""):
        browser = sign_in(f"x{group}@desk.example", *([group] if group else []))
        for place in places:
            answer = browser.get(place)
            assert answer.status_code in (302, 403), (group, place)
            assert id not in answer.content.decode()
        assert 'href="/studio/record/"' not in browser.get("/studio/").content.decode()
    from django.test import Client

    assert Client().get(LIST)["Location"] == f"/accounts/login/?next={LIST}"
    from midflow.studio.storage import store

    assert store().read(lambda tx: accesses_of(tx, "everybody")) == []


def test_operators_have_the_record_in_their_menu(omar):
    assert "/studio/record/" in text(omar, "/studio/")


def test_nothing_is_changed_by_a_look(omar):
    assert omar.post("/studio/record/").status_code == 405


def test_an_empty_record_says_how_it_fills(omar):
    assert "Nothing is in the record yet." in text(omar, "/studio/record/")
    assert "Nothing is in the record yet." in text(omar, LIST)


def test_the_overview_tells_what_came_in_where_it_goes_and_what_was_erased(omar):
    put(statement(), statement("ben", "read", "tag"))

    def more(tx):
        forwarders.save_forwarder(tx, "warehouse", url="https://lrs.example/xapi", auth="Basic c2VjcmV0")
        forwarders.note_failure(tx, "warehouse", "it answered 502 <b>", next_try=0)
        erasure.erase_actor(tx, ifi("dora"), token="t", by="omar", now_ms=0)

    write(more)
    page = text(omar, "/studio/record/")
    assert "<strong>2</strong> statements since" in page
    assert "failing, tried 1 time" in page
    assert "Last error: it answered 502 &lt;b&gt;" in page
    assert "c2VjcmV0" not in page
    assert "Statements a day: 2 in all" in page
    assert f"verb={verb('read').replace(':', '%3A').replace('/', '%2F')}" in page
    assert "Whose it was is kept nowhere." in page


def test_a_row_says_who_did_what_and_how_it_went(omar):
    made = statement(
        object={"id": activity("hold"), "definition": {"name": {"en": "Put on hold"}}},
        result={"success": False, "score": {"scaled": 0.25}},
    )
    put(made | {"timestamp": "2026-03-01T09:00:00Z"})
    page = text(omar, LIST)
    assert f"<bdi>ana at {HOME}</bdi>" in page
    assert "<bdi>tried</bdi>" in page
    assert "<bdi>Put on hold</bdi>" in page
    assert "not successful, 25%" in page
    assert "happened 1 Mar 2026, 09:00" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"agent": "ben@desk.example"},
        {"agent": "mailto:ben@desk.example"},
        {"agent": '{"mbox": "mailto:ben@desk.example"}'},
        {"agent": "ben"},
        {"verb": verb("read"), "agent": "", "since": ""},
        {"activity": activity("tag")},
        {"registration": "7F3C1F0A-5E0E-4A52-8F2E-0A4A43A0F6A5"},
    ],
)
def test_each_filter_finds_what_fits(omar, asked):
    ben = {"mbox": "mailto:ben@desk.example", "name": "Ben"}
    context = {"registration": "7f3c1f0a-5e0e-4a52-8f2e-0a4a43a0f6a5"}
    _, wanted = put(statement(), statement(actor=ben, did="read", what="tag", context=context))
    answer = omar.get(LIST, asked)
    assert listed(answer.content.decode()) == [wanted]


def test_days_are_whole_ones(omar):
    (id,) = put(statement())
    from datetime import UTC, datetime, timedelta

    today = datetime.now(UTC).date()
    for since, until, found in ((0, 0, [id]), (1, 1, []), (-1, -1, []), (-1, 1, [id])):
        asked = {"since": today + timedelta(since), "until": today + timedelta(until)}
        assert listed(omar.get(LIST, asked).content.decode()) == found


def test_a_filter_that_cannot_be_read_is_told_at_its_field_what_to_write(omar):
    put(statement())
    for asked, name, remedy in (
        ({"verb": "answered"}, "verb", "Write the whole address of a verb"),
        ({"activity": "a b"}, "activity", "Write the whole address of an activity"),
        ({"registration": "7"}, "registration", "Write a UUID, such as"),
        ({"agent": '{"mbox": "ana"}'}, "agent", "must be mailto: and an e-mail address"),
        ({"agent": "{"}, "agent", "must be JSON"),
        ({"agent": "mailto:ana"}, "agent", "Write one e-mail address"),
        ({"home": HOME}, "agent", "Write the name of the account as well."),
        ({"home": "desk", "agent": "ana"}, "home", "Write the whole address of a tool"),
        ({"since": "yesterday"}, "since", "Write a day as year, month and day"),
        ({"since": "2026-11-24", "until": "2026-11-01"}, "until", "not before the first"),
    ):
        answer = omar.get(LIST, asked)
        page = html.unescape(answer.content.decode())
        assert answer.status_code == 400
        assert re.search(rf'id="id_{name}_error">[^<]*{re.escape(remedy)}', page), (asked, page[-6000:])
        assert re.search(rf'name="{name}"[^>]*aria-invalid="true"[^>]*id_{name}_error', page)
        assert listed(page) == []


def test_a_name_that_several_have_leads_to_a_choice_and_nobodys_name_to_a_remedy(omar):
    crm = {"account": {"homePage": "https://crm.example", "name": "ana"}}
    first, second = put(statement(), statement(actor=crm))
    page = text(omar, f"{LIST}?agent=ana")
    assert "Which “<bdi>ana</bdi>”?" in page
    links = [html.unescape(link) for link in re.findall(r'<li><a href="([^"]+)"><bdi>', page)]
    assert [listed(text(omar, link)) for link in links] == [[second], [first]]
    assert "Nobody in the record is known as “<bdi>zoe</bdi>”" in text(omar, f"{LIST}?agent=zoe")


def test_a_reader_goes_on_to_older_statements_and_back_with_the_filter_kept(omar):
    put(statement("ben"))
    made = put(*(statement() for _ in range(30)))[::-1]
    first = text(omar, f"{LIST}?agent=ana&verb=")
    assert listed(first) == made[:25]
    older = html.unescape(re.search(r'href="([^"]+)">Older<', first)[1])
    second = text(omar, older)
    assert listed(second) == made[25:]
    assert "That is the oldest." in second
    newer = html.unescape(re.search(r'href="([^"]+)">Newer<', second)[1])
    assert listed(text(omar, newer)) == made[:25]
    assert listed(text(omar, f"{LIST}?before=nonsense&after=-1")) == [*made[:25]]


def test_one_statement_is_told_in_a_sentence_and_shown_as_it_is(omar):
    (target,) = put(statement(result={"success": True, "response": "yes"}))
    (voiding,) = put(statement("ben", voids=target))
    page = html.unescape(text(omar, f"{LIST}{target}/"))
    assert f"ana at {HOME} tried “{activity('hold')}”: successful, answer “yes”." in page
    assert '  "verb": {\n    "id": ' in page
    assert "<strong>Voided.</strong>" in page
    assert f'<a href="{LIST}{voiding}/" dir="auto">ben at {HOME} voided statement {target[:8]}.</a>' in page
    assert f"{LIST}{target}/" in text(omar, f"{LIST}{voiding}/")


def test_a_statement_that_is_not_there_is_not_found(omar):
    assert omar.get(f"{LIST}f47ac10b-58cc-4372-a567-0e02b2c3d479/").status_code == 404
    assert omar.get(f"{LIST}nonsense/").status_code == 404


def test_an_attachment_comes_as_a_file_that_no_browser_opens(omar):
    part = Part("text/html", b"<script>alert(1)</script>", "ab" * 32)
    write(lambda tx: attachments.save(tx, [part]))
    about = {"usageType": verb("x"), "display": {"en": HOSTILE}, "contentType": "text/html", "length": 25}
    (id,) = put(
        statement(
            attachments=[
                about | {"sha2": "ab" * 32},
                about | {"sha2": "cd" * 32, "fileUrl": "javascript:alert(1)"},
            ]
        )
    )
    page = text(omar, f"{LIST}{id}/")
    assert "25\xa0bytes" in page
    assert "The data is not here, but at <code>javascript:alert(1)</code>" in page
    assert 'href="javascript:' not in page
    answer = omar.get(f"{LIST}{id}/attachments/{'ab' * 32}/")
    assert answer.content == part.body
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{"ab" * 8}.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert omar.get(f"{LIST}{id}/attachments/{'cd' * 32}/").status_code == 404


def test_hostile_text_stays_text_on_every_page(omar):
    actor = {"account": {"homePage": HOME, "name": HOSTILE}, "name": HOSTILE}
    said = {"id": verb("tried"), "display": {"en": HOSTILE}}
    about = {"id": activity("x"), "definition": {"name": {"en": HOSTILE}}}
    (id,) = put(statement(actor=actor, verb=said, object=about, result={"response": HOSTILE}))
    put(statement("ben", refers=id), statement(actor={"mbox": "mailto:a@b.example", "name": HOSTILE}))
    write(lambda tx: forwarders.save_forwarder(tx, HOSTILE, url=HOSTILE, auth=""))
    places = ["/studio/record/", LIST, f"{LIST}{id}/"]
    pages = [text(omar, place) for place in places]
    for asked, status in (({"agent": HOSTILE}, 200), ({"verb": HOSTILE, "since": HOSTILE}, 400)):
        answer = omar.get(LIST, asked)
        assert answer.status_code == status
        pages.append(answer.content.decode())
    for page in pages:
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


def test_each_look_is_written_down_under_the_name_of_who_looked(omar):
    from midflow.studio.storage import store

    (id,) = put(statement())
    for address in ("/studio/record/", LIST, f"{LIST}?agent=ana&home={HOME}", f"{LIST}{id}/"):
        text(omar, address)
    everybody, ana = (
        store().read(lambda tx, who=who: accesses_of(tx, who)) for who in ("everybody", ifi("ana"))
    )
    assert [look.what for look in everybody] == [
        "list of statements of the record",
        "overview of the record: counts",
    ]
    assert [look.what for look in ana] == [f"statement {id}", "list of statements of the record"]
    assert {(look.reader, look.purpose) for look in everybody + ana} == {("omar@desk.example", "operations")}


def test_a_statement_of_any_year_and_any_number_has_a_page(omar):
    made = statement(result={"score": {"raw": 10**30}}) | {"timestamp": "9999-12-31T23:59:59-12:00"}
    (id,) = put(made)
    assert "a number with more digits than fit here points" in text(omar, f"{LIST}{id}/")
    assert listed(text(omar, LIST)) == [id]
