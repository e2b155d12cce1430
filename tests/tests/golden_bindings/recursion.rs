use crate::bindings::recursion::types::*;
use crate::same;

#[test]
fn types_that_contain_themselves() {
    same::<Image>(&[r#"{"name":"a","backing":{"name":"b","backing":{"name":"c"}}}"#]);
    same::<Tree>(&[r#"{"children":[{"children":[]},{"children":[]}]}"#]);
    same::<Left>(&[r#"{"right":{"left":{},"top":{"right":{}}}}"#]);
    same::<Expression>(&[
        r#"{"kind":"node","left":{"kind":"leaf"},"right":{"kind":"node","left":{"kind":"leaf"},"right":{"kind":"leaf"}}}"#,
    ]);
    same::<Reference>(&[r#""a""#, r#"{"file":{"file":"a"}}"#]);
    same::<Builder>(&[r#"{"built":{"again":{"again":{}}}}"#, r#"{"built":{}}"#]);
}

#[test]
fn they_are_made_without_a_word_of_boxes() {
    let image = Image::new("a").backing(Image::new("b"));
    assert_eq!(image.backing.unwrap().name, "b");
    let filter = Filter::new(Filter::new("a"));
    assert!(
        matches!(*filter.file, Reference::Filter(inner) if matches!(&*inner.file, Reference::Name(name) if name == "a"))
    );
}
