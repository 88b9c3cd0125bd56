// Tries what an editor holds, saved or not: sends its form and shows the answer under the button.

const start = (box) => {
  const found = box.querySelector("[data-found]");
  const button = box.querySelector("[data-try]");
  button.addEventListener("click", async () => {
    const body = new FormData(box.closest("form"));
    const days = box.querySelector("[data-days]");
    if (days) body.set("days", days.value);
    button.disabled = true;
    found.textContent = box.dataset.waiting;
    const answer = await fetch(box.dataset.url, { method: "POST", body }).catch(() => null);
    button.disabled = false;
    button.focus();
    if (!answer?.ok) {
      found.textContent = "That did not work just now. Try again in a moment.";
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    found.replaceChildren(...page.body.childNodes);
  });
};

for (const box of document.querySelectorAll("[data-tester]")) start(box);
