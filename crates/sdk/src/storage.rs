//! Keeps text under names for this workspace in this browser.
//! Knows nothing of what it keeps; where the browser refuses, the port keeps it for this page only.

use crate::ports;

/// The names of one workspace.
pub(crate) struct Storage {
    prefix: String,
}

impl Storage {
    pub(crate) fn new(write_key: &str) -> Self {
        let mut prefix = String::from("rekindle:");
        prefix.push_str(write_key);
        prefix.push(':');
        Self { prefix }
    }

    /// Forgets everything, for good.
    pub(crate) fn erase(&mut self) {
        for name in self.names("") {
            self.remove(&name);
        }
    }

    /// Whether a key of the browser's storage is one of ours.
    pub(crate) fn owns(&self, key: &str) -> bool {
        key.starts_with(&self.prefix)
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        ports::get(&self.key(name))
    }

    pub(crate) fn set(&mut self, name: &str, text: &str) {
        ports::set(&self.key(name), text);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        ports::remove(&self.key(name));
    }

    /// The names that begin like this, in order.
    pub(crate) fn names(&self, beginning: &str) -> Vec<String> {
        let keys = ports::keys(&self.key(beginning));
        keys.split('\n')
            .filter_map(|key| Some(key.get(self.prefix.len()..)?.to_owned()))
            .collect()
    }

    fn key(&self, name: &str) -> String {
        let mut key = self.prefix.clone();
        key.push_str(name);
        key
    }
}

/// Bytes as text, one character each: storage takes no bytes.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The bytes that [`text_of`] wrote, or none for other text.
pub(crate) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|letter| u8::try_from(u32::from(letter)).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_as_text() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes_of(&text_of(&bytes)), Some(bytes));
        assert_eq!(bytes_of("€"), None);
    }

    #[test]
    fn names_come_in_order_and_by_beginning() {
        let mut storage = Storage::new("wk_test");
        for name in ["q:2", "seen", "q:1"] {
            storage.set(name, "x");
        }
        assert_eq!(storage.names("q:"), ["q:1", "q:2"]);
        storage.remove("q:1");
        assert_eq!(storage.get("q:1"), None);
    }
}
