// Before anything is shown: that there are scripts, and which theme was chosen.
"use strict";
document.documentElement.classList.add("scripts");
try {
  const theme = localStorage.getItem("qapi-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is a convenience: a browser may refuse it to pages from a disk.
}
