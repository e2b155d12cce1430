fn main() -> Result<(), qapi_codegen::Error> {
    qapi_codegen::Config::new()
        .oldest("2.0")
        .compile("schema/player.json")
}
