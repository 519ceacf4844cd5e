//! The shipped tables are sound, and what users add joins them.

use super::*;

fn shipped(name: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join("content/tables").join(format!("{name}.yaml"))).unwrap()
}

#[test]
fn every_shipped_entry_says_where_it_is_documented() {
    let blocking: Vec<BlockingEntry> = read(&shipped, "blocking").unwrap();
    let coroutines: Vec<CoroutineEntry> = read(&shipped, "coroutines").unwrap();
    let mut sources: Vec<_> = blocking.into_iter().map(|entry| entry.source).collect();
    sources.extend(coroutines.into_iter().map(|entry| entry.source));
    for table in ["runners", "sync_apis"] {
        let owners: Vec<LoopOwnerEntry> = read(&shipped, table).unwrap();
        for entry in owners {
            let seen = entry.verified.is_some() || entry.docs;
            assert!(seen, "{:?} was neither run nor read of", entry.calls);
            assert!(entry.same <= entry.method.is_some(), "{:?}: the same as what?", entry.calls);
            sources.push(entry.source);
        }
    }
    let is_address = |source: &Option<String>| {
        source.as_ref().is_some_and(|source| source.starts_with("https://"))
    };
    assert!(sources.len() > 600, "{} entries", sources.len());
    assert!(sources.iter().all(is_address));
}

#[test]
fn no_call_stands_in_a_table_twice() {
    let mut seen = HashSet::new();
    let blocking: Vec<BlockingEntry> = read(&shipped, "blocking").unwrap();
    let in_blocking = |entry: BlockingEntry| (entry.versions, entry.calls);
    let mut rows: Vec<_> = blocking.into_iter().map(in_blocking).collect();
    for table in ["runners", "sync_apis"] {
        let owners: Vec<LoopOwnerEntry> = read(&shipped, table).unwrap();
        rows.extend(owners.into_iter().map(|entry| (entry.versions, entry.calls)));
    }
    for (versions, calls) in rows {
        for call in calls {
            // Versions that end where others begin are of one call.
            let ends = versions.as_ref().is_some_and(|it| it.until.is_some());
            assert!(seen.insert((call.clone(), ends)), "{call}");
        }
    }
}

#[test]
fn what_is_silent_is_a_name_or_a_factory_of_its_entry() {
    let coroutines: Vec<CoroutineEntry> = read(&shipped, "coroutines").unwrap();
    for entry in coroutines {
        let known = |name: &&String| entry.names.contains(name) || entry.factories.contains(name);
        let strange: Vec<_> = entry.silent.iter().filter(|name| !known(name)).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", entry.under);
    }
}

#[test]
fn what_a_user_adds_joins_the_shipped_tables_and_wins() {
    let mut tables = Tables::parse(shipped).unwrap();
    assert_eq!(tables.blocking("time.sleep").unwrap().kind, BlockingKind::Sleep);
    let more = "
blocking:
  - calls: [ours.fetch, time.sleep]
    kind: network
    twin: ours.afetch
coroutines:
  - under: ours.Client()
    names: [get]
    factories: [open]
    silent: [get]
runners:
  - calls: [ours.Bot()*.run]
    says: no second loop
    method: start
sync_apis:
  - calls: [ours.Tool().call]
    answers: asynchronous
    after: ours.open_async()
callables:
  - calls: [ours.on_event]
    takes: [{at: 1, name: handler, use: calls, wants: plain-function, in: loop, drops: true}]
    gives: nothing
  - calls: [ours.Client]
    variants: [{name: slow, is: \"true\", as: ours.open_async()}]
";
    tables.extend(serde_yaml::from_str(more).unwrap());
    assert_eq!(tables.blocking("ours.fetch").unwrap().twin.as_deref(), Some("ours.afetch"));
    assert_eq!(tables.blocking("time.sleep").unwrap().kind, BlockingKind::Network);
    assert!(tables.is_coroutine_function("ours.Client().get"));
    assert!(tables.is_silent("ours.Client().get"));
    assert!(tables.is_awaited_factory("ours.Client().open()"));
    let runner = tables.runner("ours.Bot().with_token().run").unwrap();
    assert_eq!((runner.answers, runner.method.as_deref()), (Answers::Raises, Some("start")));
    assert!(tables.runner("ours.Bot().walk").is_none());
    let facade = tables.sync_api("ours.Tool().call").unwrap();
    assert_eq!(facade.answers, Answers::Asynchronous);
    let mut names = tables.callables.names();
    let known = |path: &str, names: &mut crate::knowledge::callables::Names| {
        let name = names.path(path);
        tables.callables.get(names, name).and_then(|entry| entry.row.clone())
    };
    assert_eq!(known("ours.on_event", &mut names).unwrap().takes.len(), 1);
    assert_eq!(known("ours.Client", &mut names).unwrap().variants.len(), 1);
    assert!(known("ours.off_event", &mut names).is_none());
}

#[test]
fn an_unknown_field_is_refused() {
    let typo = "runners:\n  - calls: [a.run]\n    twinn: b\n";
    assert!(serde_yaml::from_str::<OwnTables>(typo).is_err());
}

#[test]
fn what_serves_or_waits_is_a_name_or_a_factory_of_its_entry() {
    let coroutines: Vec<CoroutineEntry> = read(&shipped, "coroutines").unwrap();
    let mut seen = 0;
    for entry in coroutines.iter().filter(|entry| entry.under != "*") {
        let known = |name: &&String| entry.names.contains(name) || entry.factories.contains(name);
        let told = || entry.endless.iter().chain(&entry.waits);
        assert!(told().all(|name| known(&name)), "{}: {:?}", entry.under, entry.endless);
        seen += told().count();
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_method_that_serves_everywhere_is_known_by_its_name() {
    let tables = super::super::Tables::parse(shipped).unwrap();
    assert!(tables.is_endless("asyncio.start_server().serve_forever"));
    assert!(tables.is_endless("anything().serve_forever"));
    assert!(!tables.is_endless("anything().serve"));
    assert!(!tables.is_coroutine_function("*.serve_forever"));
}

#[test]
fn what_a_name_gives_is_said_once() {
    let coroutines: Vec<CoroutineEntry> = read(&shipped, "coroutines").unwrap();
    let mut seen: HashMap<(String, bool), &str> = HashMap::new();
    for entry in &coroutines {
        // Of a past version, or of another package.
        let ends = entry.versions.as_ref().is_some_and(|it| it.until.is_some() || it.is_by_name());
        let given = [
            ("a coroutine", &entry.names),
            ("a coroutine", &entry.factories),
            ("a manager", &entry.entered),
            ("a value", &entry.plain),
        ];
        for (what, names) in given {
            for name in names {
                let full = format!("{}.{name}", entry.under);
                let before = seen.insert((full.clone(), ends), what);
                assert!(before.is_none_or(|it| it == what), "{full} gives {what} and {before:?}");
            }
        }
    }
    assert!(seen.len() > 5000, "{}", seen.len());
}

#[test]
fn what_is_entered_walked_or_plain_is_known_by_path_and_by_name() {
    let more = "
coroutines:
- under: ours.Client()
  names: [get]
  entered: [session]
  iterators: [pages, __aiter__]
  plain: [size]
- under: ours.shops.*
  names: [buy]
blocking:
- calls: [\"ours.Store().*.load\"]
";
    let mut tables = Tables::default();
    tables.extend(serde_yaml::from_str(more).unwrap());
    assert!(tables.is_async_manager("ours.Client().session"));
    assert!(tables.is_async_iterator("ours.Client().pages"));
    assert!(tables.is_async_iterable("ours.Client()") && !tables.is_async_iterable("ours.Shop()"));
    assert!(tables.is_coroutine_function("ours.shops.corner().buy"));
    assert!(!tables.is_coroutine_function("ours.buy"));
    assert!(tables.blocking("ours.Store().name.load").is_some());
    assert!(tables.blocking("ours.load").is_none());
    let mut names = tables.callables.names();
    let mut gives = |path: &str| {
        let name = names.path(path);
        tables.callables.get(&names, name).and_then(|it| it.row.as_ref().map(|row| row.gives))
    };
    assert_eq!(gives("ours.Client().session"), Some(Gives::AsyncManager));
    assert_eq!(gives("ours.Client().pages"), Some(Gives::AsyncIterator));
    assert_eq!(gives("ours.Client().size"), Some(Gives::Object));
    assert_eq!(gives("ours.Client().get"), None);
}

#[test]
fn two_tables_may_speak_of_the_same_chain() {
    let more = "
blocking:
- calls: [\"ours.Store().*.load\"]
callables:
- calls: [\"ours.Store().*.load\"]
  gives: object
";
    let mut tables = Tables::default();
    tables.extend(serde_yaml::from_str(more).unwrap());
    let mut names = tables.callables.names();
    let name = names.path("ours.Store().shelf.load");
    let entry = tables.callables.get(&names, name).unwrap();
    assert!(entry.blocking.is_some() && entry.row.is_some());
}

#[test]
fn libraries_of_tables_are_read() {
    let columns = Tables::parse(shipped).unwrap().columns;
    assert!(columns.is_module("pandas") && !columns.is_module("numpy"));
    assert!(columns.only_shows("head") && !columns.only_shows("tolist"));
    assert!(columns.is_shower("print") && !columns.is_shower("list"));
    assert!(columns.gives_column("pandas.DataFrame().apply"));
    assert!(!columns.gives_column("pandas.DataFrame().applymap") && columns.is_call("applymap"));
}

#[test]
fn a_call_whose_answer_has_an_age_has_no_ageless_row_besides() {
    let mut all: OwnTables = OwnTables {
        blocking: read(&shipped, "blocking").unwrap(),
        coroutines: read(&shipped, "coroutines").unwrap(),
        runners: read(&shipped, "runners").unwrap(),
        sync_apis: read(&shipped, "sync_apis").unwrap(),
        callables: read(&shipped, "callables").unwrap(),
    };
    let tables = Tables::parse(shipped).unwrap();
    let dated = dated::paths_of(&mut all);
    assert!(dated.len() > 60, "{}", dated.len());
    let ageless = dated::plain_paths(&all);
    for (path, bounds) in dated {
        assert!(!ageless.contains(&path), "{path} is spoken of without its versions, too");
        let known = tables.dated(&path).unwrap();
        let is_other = known.bounds.package != bounds.package;
        assert_eq!(is_other, bounds.is_by_name(), "{path} is for any version");
    }
}

#[test]
fn a_package_that_shares_its_module_counts_where_somebody_names_it() {
    let tables = Tables::parse(shipped).unwrap();
    let path = "discord.ext.commands.Bot().load_extension";
    let asked = |named: &[&str]| {
        let mut libraries = crate::libraries::Libraries::default();
        for package in named {
            let by = crate::libraries::By::File("requirements.txt".to_owned());
            libraries.name(package, by);
        }
        let tables = tables.at(&libraries).unwrap_or_else(|| tables.clone());
        let fact =
            tables.dated(path).map(|fact| (fact.bounds.package.clone(), fact.said.is_some()));
        (tables.is_coroutine_function(path), fact)
    };
    let of = |package: &str, is_said| Some((package.to_owned(), is_said));
    assert_eq!(asked(&[]), (true, of("discord.py", false)));
    assert_eq!(asked(&["discord.py"]), (true, of("discord.py", false)));
    assert_eq!(asked(&["py_cord"]), (false, of("py-cord", true)));
}

/// Tables of two ages, and these for a version of the library.
fn aged(version: &str) -> Tables {
    let more = "
coroutines:
- under: ours.Client()
  names: [get]
  versions: {package: our-client, since: \"2.0\"}
- under: ours.Client()
  plain: [get]
  versions: {package: our-client, until: \"2.0\"}
- under: ours
  names: [old]
  versions: {package: our-client, until: \"1.5\"}
runners:
- calls: [\"ours.Bot()*.run\"]
  versions: {package: our-client, since: \"2.0\"}
- calls: [\"ours.Bot()*.run\"]
  patchable: true
  versions: {package: our-client, until: \"2.0\"}
";
    let mut tables = Tables::default();
    tables.extend(serde_yaml::from_str(more).unwrap());
    tables.extend(OwnTables::default());
    let mut libraries = Libraries::default();
    let line = format!("our_client{version}");
    let by = crate::libraries::By::File("requirements.txt".to_owned());
    if let Some((package, Some(said))) = crate::libraries::requirement(&line, by) {
        libraries.add(&package, said);
    }
    tables.at(&libraries).unwrap_or(tables)
}

#[test]
fn the_version_that_is_known_decides_which_row_counts() {
    for (version, get, old, patchable) in [
        ("", true, true, false),
        ("==2.1", true, false, false),
        ("==1.7", false, false, true),
        ("<1", false, true, true),
        (">=1", true, true, false),
        (">=1.6,<2", false, false, true),
    ] {
        let tables = aged(version);
        assert_eq!(tables.is_coroutine_function("ours.Client().get"), get, "{version}");
        assert_eq!(tables.is_coroutine_function("ours.old"), old, "{version}");
        let runner = tables.runner("ours.Bot().here.run").unwrap();
        assert_eq!(runner.patchable, patchable, "{version}");
        let mut names = tables.callables.names();
        let get_of = names.path("ours.Client().get");
        let entry = tables.callables.get(&names, get_of).unwrap();
        assert_eq!((entry.is_coroutine_function, entry.row.is_none()), (get, get), "{version}");
    }
}

#[test]
fn what_is_not_known_is_said_and_what_is_has_its_witness() {
    let since = |version: &str, path: &str| {
        let tables = aged(version);
        let fact = tables.dated(path)?;
        let said = fact.said.map(|said| said.text.clone()).unwrap_or_default();
        Some((fact.bounds.since.is_some(), said))
    };
    let of = |since: bool, said: &str| Some((since, said.to_owned()));
    assert_eq!(since("", "ours.Client().get"), of(true, ""));
    assert_eq!(since("==2.1", "ours.Client().get"), of(true, "2.1"));
    assert_eq!(since("<2", "ours.Client().get"), of(false, "<2"));
    assert_eq!(since("==2.1", "ours.old"), None);
    assert_eq!(since("", "ours.Client().post"), None);
    assert_eq!(since("", "ours.Bot().here.run"), of(true, ""));
    let alike = |version: &str, patched| aged(version).answers_alike("ours.Bot().run", patched);
    assert!(alike("", false) && !alike("", true));
    assert!(aged("").may_want_a_patch("ours.Bot().run"));
    assert!(!aged("==2.1").may_want_a_patch("ours.Bot().run"));
}
