//! A list of keys that have no effect, with the reason of each.

/// Keys without effect: one, or all below a table, and the reason.
struct IdleKeys {
    /// Dotted path; a table ends in a point.
    path: String,
    /// Key of the table that counts all the same.
    except: &'static str,
    why: String,
}

/// The keys without effect of one description.
#[derive(Default)]
pub(crate) struct Idle(Vec<IdleKeys>);

impl Idle {
    /// Why a key has no effect; `None` where it has, or may have.
    pub(crate) fn why(&self, key: &str) -> Option<&str> {
        let is_of = |idle: &&IdleKeys| {
            let within = if idle.path.ends_with('.') {
                key.starts_with(&idle.path)
            } else {
                key == idle.path
            };
            within && (idle.except.is_empty() || key != idle.except)
        };
        self.0.iter().find(is_of).map(|idle| idle.why.as_str())
    }

    /// Adds all keys below a table but one.
    pub(super) fn add_but(&mut self, at: &str, except: &'static str, why: &str) {
        self.0.push(IdleKeys { path: at.to_owned(), except, why: why.to_owned() });
    }

    /// Adds keys, or tables that end in a point, below `at`.
    pub(super) fn add(&mut self, at: &str, keys: &[&str], why: &str) {
        self.0.extend(keys.iter().map(|key| IdleKeys {
            path: format!("{at}{key}"),
            except: "",
            why: why.to_owned(),
        }));
    }

    /// Keys that a measured response takes the place of.
    pub(super) fn response(&mut self, at: &str, file: &str, replaced: &[&str]) {
        if file.is_empty() {
            self.add(at, &["response.convention", "response.ports"], "no response.file is given");
        } else {
            self.add(at, replaced, "response.file is given");
        }
    }
}
