//! What the tools do that run nothing: `check`, `classify`, `fix`, `explain`, `lookup`.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Refused, Service};
use crate::diagnostic::Applicability;
use crate::knowledge::{Hit, Language, Page, inlines, plain};
use crate::notebook::Notebook;
use crate::review::{Repairs, Review, shared};
use crate::shell::config::{Configs, Overrides};
use crate::shell::files::{self, FileError, Found};
use crate::shell::report::{Fixed, Mended, Reviewed, Written, json as reports};
use crate::shell::reviewed;
use crate::wording::mcp;

/// Pages at most, where nobody says how many.
const PAGES: usize = 10;

/// Pages named for one that there is not.
const SUGGESTIONS: usize = 5;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    paths: Vec<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    paths: Vec<PathBuf>,
    #[serde(default)]
    unsafe_fixes: bool,
    #[serde(default)]
    write: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    query: String,
    limit: Option<usize>,
}

/// One file of `fix`: the report of the command, and the cells that differ.
#[derive(Debug, Serialize)]
struct FixedFile {
    #[serde(flatten)]
    file: reports::File,
    edits: Vec<CellEdit>,
}

/// A cell's new source. In a notebook that is open elsewhere this is what to put there.
#[derive(Debug, Serialize)]
struct CellEdit {
    cell: usize,
    cell_id: Option<String>,
    source: String,
}

/// Reads the arguments of a call.
pub fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, Refused> {
    serde_json::from_value(arguments).map_err(|error| Refused::Told(error.to_string()))
}

impl Service {
    pub(super) fn configs(&self) -> Configs<'_> {
        Configs::new(Overrides::default(), &self.knowledge)
    }

    pub(super) fn check(&self, asked: Paths) -> Result<Value, Refused> {
        let make = |file: Reviewed| (reports::check(self.voice(), &file), file.helpers());
        let files = reviewed::each(&self.configs(), &asked.paths, make)
            .map_err(|error| self.told(&error))?;
        let (files, own): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        let shared = reports::shared(shared(own.into_iter().flatten()));
        Ok(json!(reports::Checks { version: 1, files, shared }))
    }

    pub(super) fn classify(&self, asked: Paths) -> Result<Value, Refused> {
        let make = |file: Reviewed| reports::class(self.voice(), &file);
        let files = reviewed::each(&self.configs(), &asked.paths, make)
            .map_err(|error| self.told(&error))?;
        let skill = self.knowledge.skill();
        let (skill, invocation_notice) = (skill.name.clone(), skill.invocation_notice.clone());
        Ok(json!(reports::Classes { version: 1, skill, invocation_notice, files }))
    }

    pub(super) fn fix(&self, asked: Fix) -> Result<Value, Refused> {
        let configs = self.configs();
        let found = reviewed::find(&configs, &asked.paths, &asked.paths)
            .map_err(|error| self.told(&error))?;
        let files: Vec<FixedFile> =
            found.into_iter().map(|found| self.fix_file(&configs, &asked, found)).collect();
        Ok(json!({"version": 1, "files": files}))
    }

    fn fix_file(&self, configs: &Configs<'_>, asked: &Fix, found: Found) -> FixedFile {
        let Found { path, error } = found;
        let read = error.map_or_else(|| files::read(&path), Err);
        let outcome = read.and_then(|bytes| {
            reviewed::caught(|| {
                let (notebook, review) = reviewed::read(configs, &path, bytes)?;
                Ok(mended(configs, asked, &path, notebook, review))
            })
        });
        let edits = outcome.as_ref().map(edits).unwrap_or_default();
        let fixed = Fixed { path: path.display().to_string(), outcome };
        FixedFile { file: reports::fixed(self.voice(), &fixed), edits }
    }

    pub(super) fn explain(&self, asked: &Explain) -> Result<Value, Refused> {
        let name = asked.name.trim();
        let spelled = name.to_lowercase().replace(['_', ' '], "-");
        let knowledge = &self.knowledge;
        let found = knowledge.find(name).or_else(|| knowledge.find(&spelled));
        let Some(page) = found.or_else(|| knowledge.recognise(name)) else {
            return Err(self.no_page(name));
        };
        let each = self.voice().languages().into_iter().map(|language| {
            format!("# {}\n\n{}", page.title.get(language), page.markdown(language).trim())
        });
        let markdown = each.collect::<Vec<_>>().join("\n\n");
        Ok(json!({"id": page.id, "kind": page.kind.as_str(), "markdown": markdown}))
    }

    /// That there is no such page, and which may have been meant.
    fn no_page(&self, name: &str) -> Refused {
        let hits = self.knowledge.lookup(&name.replace(['-', '_'], " "));
        let near = hits.iter().filter_map(Hit::page).map(|page| page.id.as_str());
        let near: Vec<&str> = near.take(SUGGESTIONS).collect();
        let mut told = self.say(mcp::NO_PAGE, &[("name", name)]);
        if !near.is_empty() && !name.is_empty() {
            let near = self.say(mcp::NEAR_PAGES, &[("names", &near.join(", "))]);
            told = format!("{told}\n{near}");
        }
        Refused::Told(told)
    }

    pub(super) fn lookup(&self, asked: &Lookup) -> Result<Value, Refused> {
        let limit = asked.limit.unwrap_or(PAGES);
        let hits = self.knowledge.lookup(&asked.query);
        let page = |page: &Page| {
            let each = |make: &dyn Fn(Language) -> String| {
                let languages = self.voice().languages().into_iter();
                languages.map(make).collect::<Vec<_>>().join("\n")
            };
            let title = each(&|language| plain(&inlines(page.title.get(language))));
            let opening = each(&|language| {
                page.opening(language).iter().map(|block| block.plain()).collect::<String>()
            });
            json!({"id": page.id, "kind": page.kind.as_str(), "title": title, "opening": opening})
        };
        let pages: Vec<Value> = hits.iter().take(limit).filter_map(Hit::page).map(page).collect();
        Ok(json!({"pages": pages}))
    }
}

/// Repairs a notebook, and writes it where that was asked for.
fn mended(
    configs: &Configs<'_>,
    asked: &Fix,
    path: &Path,
    before: Notebook,
    review: Review,
) -> Mended {
    let left = review.diagnostics.clone();
    let mut mended = Mended::untouched(before.clone(), left, review.checked());
    if before.read_only().is_some() {
        return mended;
    }
    let limit = if asked.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let mut repairs = Repairs::new(before, review, limit, configs.tables);
    repairs.run();
    let (old, new) = (mended.before.original(), repairs.notebook.original());
    mended.written = match (old == new, asked.write) {
        (true, _) => Written::Same,
        (false, false) => Written::Shown,
        (false, true) => match files::save(path, old, new) {
            Ok(said) => Written::Yes(said),
            Err(error) => Written::No(error),
        },
    };
    // What could not be written was not made.
    if !matches!(mended.written, Written::No(_)) {
        mended.left = repairs.review.diagnostics.clone();
        mended.taken_back = repairs.refused();
        (mended.made, mended.after) = (repairs.made, repairs.notebook);
    }
    mended
}

fn edits(mended: &Mended) -> Vec<CellEdit> {
    let pairs = mended.before.cells.iter().zip(&mended.after.cells);
    let edit = |(old, new): (&crate::notebook::Cell, &crate::notebook::Cell)| {
        (old.source != new.source).then(|| CellEdit {
            cell: new.index.0,
            cell_id: new.id.clone(),
            source: new.source.clone(),
        })
    };
    pairs.filter_map(edit).collect()
}

/// Why a file has nothing to say, where a tool reads one by itself.
pub fn unread(service: &Service, error: &FileError) -> Refused {
    let voice = service.voice();
    let told = voice.languages().into_iter();
    let told = told.map(|at| crate::shell::report::Problem::new(voice, at, error).message);
    Refused::Told(told.collect::<Vec<_>>().join("\n"))
}
