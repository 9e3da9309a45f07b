"""The lab belongs to the process: no tab can take it away from the others."""

from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from walking import ENDLESS

from playground.experiment.link import to_word


def send_by_hand(page: Page, message: BackMsg) -> None:
    """Send the server a message as anybody can who reaches it, through a connection of its own."""
    page.evaluate(
        """(bytes) => new Promise((resolve, reject) => {
          const socket = new WebSocket(location.origin.replace("http", "ws") + "/_stcore/stream", ["streamlit"]);
          socket.binaryType = "arraybuffer";
          socket.onerror = reject;
          socket.onopen = () => socket.send(new Uint8Array(bytes));
          socket.onclose = resolve;
          setTimeout(() => socket.close(), 1000);
        })""",
        list(message.SerializeToString()),
    )


def test_a_message_that_empties_all_caches_leaves_the_training_to_everybody(open_page) -> None:
    other, page = open_page(), open_page(f"?experiment={to_word(ENDLESS)}")
    page.get_by_role("button", name="Start training").click()
    expect(page.locator(".st-key-run_state")).to_contain_text("running")

    send_by_hand(page, BackMsg(clear_cache=True))
    page.keyboard.press("c")  # Streamlit's own key for it

    other.goto(page.url)
    state = other.locator(".st-key-run_state")
    expect(state).to_contain_text("running")
    other.get_by_role("button", name="Pause").click()
    expect(state).to_contain_text("paused")
    other.get_by_role("button", name="Start training").click()
    expect(state).to_contain_text("which is paused")  # of one lab only one run is trained at a time
    for _ in range(2):
        other.get_by_role("button", name="Stop").click()
        expect(state).to_contain_text("stopped")
        other.goto(page.url)
