//! Three replies as types that derive serde's traits: what one writes by hand who has no bindings.
//! Nobody reads their fields: they are there to be decoded.
#![allow(dead_code)]

use serde::Deserialize;

/// The envelope.
#[derive(Deserialize)]
pub(crate) struct Reply<T> {
    #[serde(rename = "return")]
    pub(crate) value: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct SchemaInfo {
    pub(crate) name: String,
    pub(crate) meta_type: String,
    pub(crate) features: Option<Vec<String>>,
    pub(crate) members: Option<Vec<Member>>,
    pub(crate) values: Option<Vec<String>>,
    pub(crate) element_type: Option<String>,
    pub(crate) json_type: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) variants: Option<Vec<Variant>>,
    pub(crate) arg_type: Option<String>,
    pub(crate) ret_type: Option<String>,
    pub(crate) allow_oob: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct Member {
    pub(crate) name: Option<String>,
    #[serde(rename = "type")]
    pub(crate) of: Option<String>,
    pub(crate) default: Option<()>,
    pub(crate) features: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(crate) struct Variant {
    pub(crate) case: String,
    #[serde(rename = "type")]
    pub(crate) of: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct MachineInfo {
    pub(crate) name: String,
    pub(crate) alias: Option<String>,
    pub(crate) is_default: Option<bool>,
    pub(crate) cpu_max: i64,
    pub(crate) hotpluggable_cpus: bool,
    pub(crate) numa_mem_supported: bool,
    pub(crate) deprecated: bool,
    pub(crate) default_cpu_type: Option<String>,
    pub(crate) default_ram_id: Option<String>,
    pub(crate) acpi: bool,
    pub(crate) compat_props: Option<Vec<CompatProperty>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct CompatProperty {
    pub(crate) qom_type: String,
    pub(crate) property: String,
    pub(crate) value: String,
}

#[derive(Deserialize)]
pub(crate) struct StatusInfo {
    pub(crate) running: bool,
    pub(crate) status: String,
}
