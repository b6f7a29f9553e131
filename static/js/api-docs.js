// The API's page: Swagger UI (out of its package, loaded before this) shows our schema. Its dark colours follow ours.

const page = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function colour() {
  const theme = page.dataset.theme;
  page.classList.toggle("dark-mode", theme === "dark" || (theme !== "light" && dark.matches));
}

colour();
dark.addEventListener("change", colour);

const main = document.getElementById("main");
window.SwaggerUIBundle({
  url: main.dataset.schema,
  domNode: main,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  persistAuthorization: false,
});
