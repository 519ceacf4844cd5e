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
    let mut calls: Vec<String> = blocking.into_iter().flat_map(|entry| entry.calls).collect();
    for table in ["runners", "sync_apis"] {
        let owners: Vec<LoopOwnerEntry> = read(&shipped, table).unwrap();
        calls.extend(owners.into_iter().flat_map(|entry| entry.calls));
    }
    for call in calls {
        assert!(seen.insert(call.clone()), "{call}");
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
    let mut seen: HashMap<String, &str> = HashMap::new();
    for entry in &coroutines {
        let given = [
            ("a coroutine", &entry.names),
            ("a coroutine", &entry.factories),
            ("a manager", &entry.entered),
            ("a value", &entry.plain),
        ];
        for (what, names) in given {
            for name in names {
                let full = format!("{}.{name}", entry.under);
                let before = seen.insert(full.clone(), what);
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
