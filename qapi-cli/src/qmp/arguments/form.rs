//! A command's members as they are open to be filled in, given what is filled in so far.

use qapi_client::schema::{Command, Type};
use qapi_types::Any;

use super::DEPTH;
use super::entry::{Entry, Key};
use super::fill::{Filler, Opened, Part, elements, index, join};
use super::level::{Further, Slot};
use super::mistake::{Mistake, Mistakes};
use super::property::Property;
use super::takes::Takes;

/// The command that takes more than its type tells: the properties of its driver.
const DEVICE_ADD: &str = "device_add";

/// A command with its arguments as far as they are filled in.
///
/// ```ignore
/// let mut form = Form::new(schema.command("blockdev-add")?);
/// form.fill("driver=qcow2")?;
/// form.fields("file.")     // what may follow: `file.driver`, …
/// form.field("cache-size") // what it takes: an integer
/// form.missing()           // `file`
/// form.arguments()         // the object, or all that is wrong
/// ```
///
/// Asking costs about as much as filling in: a form may be made anew for every key that is pressed.
#[derive(Clone, Debug)]
pub(in crate::qmp) struct Form<'a> {
    command: Command<'a>,
    further: Further<'a>,
    given: Vec<Entry>,
}

/// A member or element that can be filled in.
#[derive(Clone, Debug)]
pub(in crate::qmp) struct Field<'a> {
    /// How it is written: `file.driver`, `keys.0`.
    pub(in crate::qmp) path: String,
    /// Where the schema has it, for [`Schema::find`](qapi_client::Schema::find) and for looking up words:
    /// `blockdev-add/arg/qcow2/file/driver`. What is a device's property or below an `any` is not there.
    pub(in crate::qmp) place: String,
    pub(in crate::qmp) takes: Takes<'a>,
    pub(in crate::qmp) optional: bool,
    /// Whether something is filled in there or below.
    pub(in crate::qmp) is_filled: bool,
}

impl<'a> Form<'a> {
    /// Nothing filled in.
    pub(in crate::qmp) fn new(command: Command<'a>) -> Self {
        let further = match command.name() {
            DEVICE_ADD => Further::Anything,
            _ => Further::Nothing,
        };
        Self {
            command,
            further,
            given: Vec::new(),
        }
    }

    /// Fills in what `word` says: `key=value`, or a JSON object. Whether that fits shows later, in any order.
    ///
    /// # Errors
    /// It is neither.
    pub(in crate::qmp) fn fill(&mut self, word: &str) -> Result<(), Mistake<'static>> {
        self.given.push(entry(word)?);
        Ok(())
    }

    /// The driver whose properties the form wants to [know](Self::know).
    pub(in crate::qmp) fn driver(&self) -> Option<String> {
        let wants = matches!(self.further, Further::Anything);
        wants.then(|| self.text("driver")).flatten()
    }

    /// Takes the properties of the [driver](Self::driver) as further members.
    pub(in crate::qmp) fn know(&mut self, properties: &'a [Property]) {
        self.further = Further::Properties(properties);
    }

    /// The text that is filled in as the member `key`.
    pub(in crate::qmp) fn text(&self, key: &str) -> Option<String> {
        let spot = self.go(key)?;
        match &*spot.entries {
            [entry] if entry.is_here() => entry.value.string(),
            _ => None,
        }
    }

    /// The member or element that `key` names, as a word would: `file.driver`.
    pub(in crate::qmp) fn field(&self, key: &str) -> Option<Field<'a>> {
        self.go(key).map(|spot| spot.field)
    }

    /// The members and elements whose keys begin with `begin` and have no further dot: with `file.dr` the member
    /// `file.driver`, with nothing all of the command's own. Those that are filled in already are among them, and of a
    /// list the element that comes next.
    pub(in crate::qmp) fn fields(&self, begin: &str) -> Vec<Field<'a>> {
        let dots = begin.match_indices('.').map(|(at, _)| at).take(DEPTH);
        let inner = dots.filter_map(|at| Some((self.go(&begin[..at])?, &begin[at + 1..])));
        let levels = std::iter::once((self.root(), begin)).chain(inner);
        let fields = levels.flat_map(|(spot, begin)| spot.fields(begin));
        fields.collect()
    }

    /// What has to be filled in and is not, at all levels that something is filled in at.
    pub(in crate::qmp) fn missing(&self) -> Vec<Field<'a>> {
        let mistakes = self.run().1.into_iter();
        mistakes.filter_map(Mistake::missing).collect()
    }

    /// The command's arguments; `None` if nothing is filled in and nothing has to be.
    ///
    /// # Errors
    /// All that is wrong, and all that is missing.
    pub(in crate::qmp) fn arguments(&self) -> Result<Option<Any>, Mistakes<'a>> {
        match self.run() {
            (arguments, mistakes) if mistakes.is_empty() => {
                Ok(arguments.filter(|_| !self.given.is_empty()))
            }
            (_, mistakes) => Err(Mistakes(mistakes)),
        }
    }

    fn run(&self) -> (Option<Any>, Vec<Mistake<'a>>) {
        let root = Part::root(self.takes(), self.further, self.place());
        let mut filler = Filler::default();
        let arguments = filler.fill(&root, self.given.clone());
        (arguments, filler.mistakes)
    }

    fn place(&self) -> String {
        format!("{}/arg", self.command.name())
    }

    fn takes(&self) -> Takes<'a> {
        let ty = self.command.argument_type();
        ty.map_or(Takes::Anything, Takes::Type)
    }

    fn root(&self) -> Spot<'a> {
        Spot {
            field: Field {
                path: String::new(),
                place: self.place(),
                takes: self.takes(),
                optional: false,
                is_filled: !self.given.is_empty(),
            },
            entries: self.given.clone(),
            further: self.further,
        }
    }

    /// The place that `key` leads to.
    fn go(&self, key: &str) -> Option<Spot<'a>> {
        let mut spot = self.root();
        let mut key = Key::Dotted(key.to_owned());
        for _ in 0..DEPTH {
            let Key::Dotted(rest) = &key else {
                return Some(spot);
            };
            (spot, key) = spot.enter(rest)?;
        }
        None
    }
}

/// What `word` says.
///
/// # Errors
/// Nothing that could be an argument.
pub(super) fn entry(word: &str) -> Result<Entry, Mistake<'static>> {
    Entry::of_word(word).map_err(|problem| Mistake::of_word(word, problem))
}

/// A part of the form that has been come to, and what is filled in there.
struct Spot<'a> {
    field: Field<'a>,
    entries: Vec<Entry>,
    further: Further<'a>,
}

impl<'a> Spot<'a> {
    /// The part that `key` leads to, and what is left of it there.
    fn enter(&self, key: &str) -> Option<(Self, Key)> {
        let first = key.split_once('.').map_or(key, |(first, _)| first);
        match self.field.takes.holding(first)? {
            Takes::Type(Type::Object(object)) => {
                let opened = self.open(object)?;
                match opened.level.find(&Key::Dotted(key.to_owned())) {
                    Some((at, rest)) => Some((self.member(&opened, at), rest)),
                    None => opened
                        .level
                        .is_open
                        .then(|| (self.anything(key), Key::Here)),
                }
            }
            Takes::Type(Type::Array(array)) => {
                let (elements, _) = elements(self.entries.clone());
                let entries = elements.get(&index(first)?).cloned().unwrap_or_default();
                let element = Takes::Type(array.element_type());
                let rest = key
                    .split_once('.')
                    .map(|(_, rest)| Key::Dotted(rest.to_owned()));
                let element = self.element(first, element, entries);
                Some((element, rest.unwrap_or(Key::Here)))
            }
            _ => Some((self.anything(key), Key::Here)),
        }
    }

    /// The parts one step down whose names begin with `begin`.
    fn fields(&self, begin: &str) -> Vec<Field<'a>> {
        let object = self.field.takes.object();
        let opened = object.and_then(|object| self.open(object));
        let mut fields = Vec::new();
        if let Some(opened) = opened {
            let slots = opened.level.slots.iter().enumerate();
            let slots = slots.filter(|(_, slot)| slot.name.starts_with(begin));
            fields.extend(slots.map(|(at, _)| self.member(&opened, at).field));
        }
        if let Some(takes) = self.field.takes.element() {
            let (mut elements, _) = elements(self.entries.clone());
            let next = (0..).find(|at| !elements.contains_key(at));
            elements.extend(next.map(|at| (at, Vec::new())));
            let elements = elements.into_iter().map(|(at, it)| (at.to_string(), it));
            let elements = elements.filter(|(at, _)| at.starts_with(begin));
            fields.extend(elements.map(|(at, it)| self.element(&at, takes, it).field));
        }
        fields
    }

    /// The object with its members. While something in it is no JSON yet it is as if that were not there.
    fn open(&self, object: qapi_client::schema::Object<'a>) -> Option<Opened<'a>> {
        let named = || {
            self.entries
                .iter()
                .filter(|entry| !entry.is_here())
                .cloned()
        };
        let opened = Opened::new(object, self.further, self.entries.clone());
        opened
            .or_else(|_| Opened::new(object, self.further, named().collect()))
            .ok()
    }

    fn member(&self, opened: &Opened<'a>, at: usize) -> Self {
        let entries = opened.of(at);
        let slot = &opened.level.slots[at];
        let Field { path, place, .. } = &self.field;
        Self {
            field: Field::of_slot(slot, path, place, !entries.is_empty()),
            entries,
            further: Further::Nothing,
        }
    }

    fn element(&self, name: &str, takes: Takes<'a>, entries: Vec<Entry>) -> Self {
        let path = join(&self.field.path, name);
        let place = self.field.place.clone();
        Self {
            field: Field::element(path, place, takes, !entries.is_empty()),
            entries,
            further: Further::Nothing,
        }
    }

    /// Something below that nobody has described.
    fn anything(&self, key: &str) -> Self {
        self.element(key, Takes::Anything, Vec::new())
    }
}

impl<'a> Field<'a> {
    pub(super) fn of_slot(slot: &Slot<'a>, path: &str, place: &str, is_filled: bool) -> Self {
        Self {
            path: join(path, slot.name),
            place: format!("{place}/{}", slot.place),
            takes: slot.takes,
            optional: slot.optional,
            is_filled,
        }
    }

    /// An element of a list is where the list is: what leads through the schema goes through lists.
    pub(super) fn element(path: String, place: String, takes: Takes<'a>, is_filled: bool) -> Self {
        Self {
            path,
            place,
            takes,
            optional: true,
            is_filled,
        }
    }
}
