"""What is put into a page is disarmed by the page itself, whatever the server let through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from impactlib.paths import ASSETS

pytestmark = pytest.mark.browser

RUN = [
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<img src=x OnError=window.ran=1>",
    "<svg onload=window.ran=1><circle r=9></circle></svg>",
    "<svg><script>window.ran=1</script></svg>",
    "<svg><a href=#><animate attributeName=href values=javascript:window.ran=1 /><text y=9>ici</text></a></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.ran=1</script>'></iframe></foreignObject></svg>",
    "<math><mtext><img src=x onerror=window.ran=1></mtext></math>",
    "<input autofocus onfocus=window.ran=1>",
    "<details open ontoggle=window.ran=1><summary>x</summary></details>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<iframe src=javascript:parent.ran=1></iframe>",
    "<object data='data:text/html,<script>parent.ran=1</script>'></object>",
    "<embed src='data:text/html,<script>parent.ran=1</script>'>",
    "<video><source onerror=window.ran=1 src=x></video>",
    "<style>@import 'http://autre.test/x'</style>",
    "<link rel=stylesheet href=http://autre.test/x>",
    "<meta http-equiv=refresh content='0;url=javascript:window.ran=1'>",
    "<base href=http://autre.test/>",
    "<template><img src=x onerror=window.ran=1></template>",
]
PRESSED = [
    "<a href=javascript:window.ran=1>ici</a>",
    "<a href=' JaVa\tScript:window.ran=1'>ici</a>",
    "<a href='&#1;javascript&colon;window.ran=1'>ici</a>",
    "<a href='data:text/html,<script>window.ran=1</script>'>ici</a>",
    "<a href=vbscript:window.ran=1>ici</a>",
    "<svg><a xlink:href=javascript:window.ran=1><text y=9>ici</text></a></svg>",
    "<form action=javascript:window.ran=1><button>ici</button></form>",
    "<form><button formaction=javascript:window.ran=1>ici</button></form>",
    "<a href=# onclick=window.ran=1>ici</a>",
]
ELSEWHERE = ["<img src=http://autre.test/a>", "<img src=//autre.test/a>", "<img srcset='http://autre.test/a 2x'>"]
ELSEWHERE += ["<svg><image href=http://autre.test/a /></svg>", "<video poster=https://autre.test/a></video>"]
KEPT = [
    '<p class="soft" data-id="a">Là <strong>ici</strong> &amp; là</p>',
    '<a href="https://exemple.test/page">lien</a>',
    '<a href="mailto:equipe@exemple.test">écrire</a>',
    '<a href="summary/summary.md" download="a.md">fichier</a>',
    '<img alt="" src="data:image/png;base64,iVBORw0KGgo=">',
    '<svg viewBox="0 0 9 9"><path d="M0 0L9 9" style="stroke:red"></path></svg>',
    '<form data-do="write" action="join"><textarea name="text">On hésite</textarea><button>Dire</button></form>',
    '<template><li class="row">rang</li></template>',
]


ELEMENTS = ("impact-ballot", "impact-clock", "impact-countdown", "impact-plot", "impact-replay")


# A picture that fails does so after those before it: what could run has run.
SETTLED = "new Promise((done) => Object.assign(new Image(), { onerror: done, src: 'data:,' }))"


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    """A page without any policy, where nothing but `inert` stands between HTML and its running."""
    page = browser.new_page()
    page.goto("data:text/html,<body>")
    source = (ASSETS / "inert.js").read_text(encoding="utf-8")
    page.add_script_tag(type="module", content=f"{source}\nwindow.inert = inert;")
    page.wait_for_function("() => window.inert")
    yield page
    page.close()


def put(page: Page, html: str) -> str:
    """What the page holds once the HTML was put in, given time to run."""
    return page.evaluate(
        """async (html) => {
            document.body.replaceChildren(inert(html));
            for (const one of document.querySelectorAll('template')) document.body.append(one.content.cloneNode(true));
            await SETTLED;
            return document.body.innerHTML;
        }""".replace("SETTLED", SETTLED),
        html,
    )


def test_nothing_that_is_put_in_runs(bare: Page) -> None:
    for html in RUN:
        put(bare, html)
        assert bare.evaluate("() => window.ran") is None, html


def test_nothing_that_is_pressed_runs(bare: Page) -> None:
    for html in PRESSED:
        put(bare, html)
        bare.evaluate(
            "() => document.querySelector('a, button').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
        )
        bare.evaluate(f"() => {SETTLED}.then(() => null)")
        assert bare.evaluate("() => window.ran") is None, html


def test_nothing_asks_another_host_by_itself(bare: Page) -> None:
    asked: list[str] = []
    bare.on("request", lambda request: asked.append(request.url))
    for html in ELSEWHERE:
        put(bare, html)
    assert [url for url in asked if "autre.test" in url] == []


def test_the_payloads_would_have_run_without_it(bare: Page) -> None:
    bare.evaluate("html => { document.body.innerHTML = html }", RUN[1])
    bare.wait_for_function("() => window.ran === 1")


@pytest.mark.parametrize("html", KEPT)
def test_what_the_kit_draws_is_kept_as_it_is(bare: Page, html: str) -> None:
    same = "html => { const t = document.createElement('template'); t.innerHTML = html; return t.innerHTML }"
    made = "html => { const t = document.createElement('div'); t.append(inert(html)); return t.innerHTML }"
    assert bare.evaluate(made, html) == bare.evaluate(same, html)


def test_of_all_custom_elements_only_the_kits_are_let_in(bare: Page) -> None:
    defined = """name => customElements.define(name, class extends HTMLElement {
        connectedCallback() { window.lived = [...(window.lived ?? []), name] }
    })"""
    others = ("jp-button", "impact-clock-x", "x-impact-clock")
    for name in (*ELEMENTS, *others):
        bare.evaluate(defined, name)
    bare.evaluate("customElements.define('x-list', class extends HTMLUListElement {}, {extends: 'ul'})")
    for name in (*ELEMENTS, *others):
        put(bare, f"<p><{name} data-a=1></{name}></p><template><{name}></{name}></template>")
    assert bare.evaluate("() => window.lived") == [name for name in ELEMENTS for _ in range(2)]
    assert put(bare, "<ul is=x-list></ul>") == ""


def test_no_script_puts_html_in_by_another_way() -> None:
    ways = ("innerHTML =", "insertAdjacentHTML", "outerHTML =", "document.write", "createContextualFragment")
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(Path(ASSETS).glob("*.js"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(way in line for way in ways) and path.name != "inert.js"
    ]
    assert found == []
