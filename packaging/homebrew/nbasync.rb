# For a Homebrew tap. Missing: the address and the sha256 of a source archive.
class Nbasync < Formula
  desc "Async Python in Jupyter notebooks, explained and repaired"
  homepage "ADDRESS_OF_THE_PROJECT"
  url "ADDRESS_OF_THE_SOURCE_ARCHIVE/nbasync-0.1.0.tar.gz"
  sha256 "SHA256_OF_THE_SOURCE_ARCHIVE"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    generate_completions_from_executable(bin/"nbasync", "completions")
    (buildpath/"man1").mkpath
    system bin/"nbasync", "man", buildpath/"man1"
    man1.install Dir["man1/*.1"]
  end

  test do
    (testpath/"a.py").write "# %%\nimport asyncio\nasync def f(): ...\nasyncio.run(f())\n"
    assert_match "asyncio-run-in-cell", shell_output("#{bin}/nbasync check a.py", 1)
  end
end
