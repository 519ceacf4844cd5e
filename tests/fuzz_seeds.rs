//! Replays the seeds of the fuzz targets, with what the targets once found among them.
#![cfg(all(feature = "server", feature = "mcp"))]

#[path = "../fuzz/fuzz_targets/doors.rs"]
mod doors;

use std::env;
use std::fs;
use std::path::Path;

#[test]
fn every_seed_passes_through_its_door() {
    doors::begin();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut names: Vec<String> = fs::read_dir(&seeds)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut doors = doors::DOORS;
    doors.sort_by_key(|(name, _)| *name);
    assert_eq!(names, doors.map(|(name, _)| name));
    for (name, door) in doors {
        let files: Vec<_> = fs::read_dir(seeds.join(name)).unwrap().flatten().collect();
        assert!(files.len() > 1, "{name}");
        for file in files {
            eprintln!("{}", file.path().display());
            let data = fs::read(file.path()).unwrap();
            door(&data);
            // Cut off, as a write that was interrupted leaves it.
            door(&data[..data.len() / 2]);
        }
    }
}

/// Numbers by chance, from a seed that is told.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        // Knuth's multiplier and increment.
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }
}

/// Bytes that mean something somewhere.
const TELLING: [&[u8]; 22] = [
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\\u0000",
    b"\n",
    b"\r\n",
    b"# %%",
    b"\0",
    b"```",
    b"'''",
    b"await ",
    b"asyncio.run(",
    b")",
    b"\xff",
    b"\xe2\x80\xae",
    b"%%",
    b"\t",
    b":",
    b"null",
    b"1e999",
];

/// The seed, changed in some places.
fn changed(seed: &[u8], others: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=chance.below(6) {
        let at = chance.below(data.len() + 1);
        let end = (at + chance.below(12)).min(data.len());
        let put = match chance.below(5) {
            0 => Vec::new(),
            1 => TELLING[chance.below(TELLING.len())].to_vec(),
            2 => data[at..end].repeat(2 + chance.below(9)),
            3 => {
                let other = &others[chance.below(others.len())];
                let from = chance.below(other.len() + 1);
                other[from..(from + chance.below(80)).min(other.len())].to_vec()
            }
            _ => data[at..end].iter().map(|byte| byte ^ 1 << chance.below(8)).collect(),
        };
        data.splice(at..end, put);
    }
    data
}

/// A few here; `NBASYNC_FUZZ_ROUNDS` says how many at each door, `NBASYNC_FUZZ_DOOR` at which,
/// `NBASYNC_FUZZ_SEED` where to begin.
#[test]
fn changed_seeds_pass_through_their_doors() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let rounds = number("NBASYNC_FUZZ_ROUNDS").unwrap_or(5);
    let begin = number("NBASYNC_FUZZ_SEED").unwrap_or(1);
    let wanted = env::var("NBASYNC_FUZZ_DOOR").ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for (name, door) in doors::DOORS {
        if wanted.as_ref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let mut entries: Vec<_> = fs::read_dir(folder.join(name)).unwrap().flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        let seeds: Vec<Vec<u8>> =
            entries.iter().map(|entry| fs::read(entry.path()).unwrap()).collect();
        for round in begin..begin + rounds {
            let mut chance = Chance(round);
            let seed = &seeds[chance.below(seeds.len())];
            let data = changed(seed, &seeds, &mut chance);
            if std::panic::catch_unwind(|| door(&data)).is_err() {
                let kept = env::temp_dir().join(format!("nbasync-fuzz-{name}-{round}"));
                fs::write(&kept, &data).unwrap();
                panic!("{name}, round {round}: see {}", kept.display());
            }
        }
        eprintln!("{name}: {rounds} rounds");
    }
}
