// Progressive enhancement of every page. Without this file all pages work.

const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

// A second click must not send a form twice; the server would refuse it, but the visitor would see a fault.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !(event.target instanceof HTMLFormElement)) return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
});
// Coming back by the browser's "back" restores the page as it was left: forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Which page of the document is in the middle of the window (step 2, page images).
const counter = document.querySelector("[data-current-page]");
if (counter && "IntersectionObserver" in window) {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) counter.textContent = entry.target.dataset.page;
    },
    { rootMargin: "-45% 0px -45% 0px" },
  );
  for (const figure of document.querySelectorAll("[data-page]")) seen.observe(figure);
}
