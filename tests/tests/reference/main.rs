//! The reference as HTML: of our own schemas, of QEMU's where `QEMU_SRC` names them, of a schema that means harm; and
//! in a browser, where there is one.

mod browser;
mod hostile;
mod html;
mod links;
mod site;
mod size;
mod skeletons;
mod words;
