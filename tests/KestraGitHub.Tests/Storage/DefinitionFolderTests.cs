using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Tests.Storage;

public sealed class DefinitionFolderTests : StorageTest
{
    private readonly Lines _log = new();

    // Stands for the parser: "good NAME" is a definition, everything else is broken and leaves the last good one in force.
    private static DefinitionCatalog Build(IReadOnlyList<(string File, byte[] Content)> files, DefinitionCatalog previous) => new([.. files.Select(f =>
    {
        var text = Encoding.UTF8.GetString(f.Content);
        if (!text.StartsWith("good ", StringComparison.Ordinal))
        {
            var last = previous.Entries.FirstOrDefault(e => e.File == f.File);
            return new CatalogEntry(f.File, last?.Key, last?.Definition, [new Fault(f.File, 1, 1, "Broken.", "Mend it.")]);
        }

        var key = new SyncKey("main", "company", text[5..].Trim());
        return new CatalogEntry(
            f.File, key, new Definition(key, f.File, text, null, false, [], [], [], DefinitionOptions.Default, [], [], FlowValues.Of(key)), []);
    })]);

    private DefinitionFolder Make(DefinitionsSeenStore? seen = null) =>
        new(Options.Create(new DefinitionsOptions { Path = Folder["definitions"] }), Build, seen, _log);

    private void Write(string file, string text)
    {
        var path = Path.Combine(Folder["definitions"], file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static IEnumerable<string> Files(DefinitionFolder folder) => folder.Catalog.Entries.Select(e => e.File);

    [Fact]
    public async Task Yaml_files_are_read_with_sub_folders_and_hidden_ones_are_not()
    {
        foreach (var file in new[] { "a.yml", "sub/deep/b.yaml", ".git/c.yml", ".d.yml", "e.txt" }) Write(file, "good x");
        using var folder = Make();
        await folder.ReloadAsync();
        Assert.Equal(["a.yml", "sub/deep/b.yaml"], Files(folder));
    }

    [Fact]
    public async Task A_pipe_is_no_definition_and_nobody_waits_for_it()
    {
        Write("a.yml", "good a");
        using (var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(Folder["definitions"], "pipe.yml"))) await made.WaitForExitAsync();
        using var folder = Make();
        await folder.ReloadAsync();
        Assert.Equal(["a.yml"], folder.Catalog.Entries.Where(e => !e.Broken).Select(e => e.File));
        Assert.Equal(["pipe.yml"], folder.Catalog.Entries.Where(e => e.Broken).Select(e => e.File));
    }

    [Fact]
    public async Task Links_are_followed_inside_the_folder_and_never_out_of_it()
    {
        Write(".v1/mounted.yml", "good mounted");
        File.WriteAllText(Folder["outside.yml"], "good outside");
        Directory.CreateDirectory(Folder["elsewhere"]);
        File.WriteAllText(Folder["elsewhere/x.yml"], "good x");
        void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(Folder["definitions"], name), target);
        Link("..data", ".v1");
        Link("mounted.yml", "..data/mounted.yml");
        Link("outside.yml", "../outside.yml");
        Link("absolute.yml", Folder["outside.yml"]);
        Link("folder", Folder["elsewhere"]);
        Link("through.yml", "folder/x.yml");
        Link("loop", ".");
        Link("dangling.yml", "nowhere.yml");
        Link("circle.yml", "circle.yml");

        using var folder = Make();
        await folder.ReloadAsync();
        Assert.Equal(["mounted.yml"], Files(folder));
    }

    [Fact]
    public async Task A_missing_folder_is_an_empty_catalog_and_one_warning()
    {
        using var folder = Make();
        await folder.ReloadAsync();
        await folder.ReloadAsync();
        Assert.Empty(folder.Catalog.Entries);
        Assert.Contains("does not exist", Assert.Single(_log.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_breaks_is_told_once_and_its_last_good_version_stays()
    {
        Write("a.yml", "good a");
        using var folder = Make();
        await folder.ReloadAsync();
        Write("a.yml", "bad");
        await folder.ReloadAsync();
        Write("b.yml", "good b");
        await folder.ReloadAsync();

        Assert.NotNull(folder.Catalog.Find(new SyncKey("main", "company", "a"))!.Definition);
        Assert.Single(_log.Written, l => l.Contains("does not load", StringComparison.Ordinal) && l.Contains("Mend it.", StringComparison.Ordinal));
        File.Delete(Path.Combine(Folder["definitions"], "a.yml"));
        await folder.ReloadAsync();
        Assert.Equal(["b.yml"], Files(folder));
        Assert.Single(_log.Written, l => l.Contains("a.yml is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_announced_when_nothing_changed()
    {
        Write("a.yml", "good a");
        using var folder = Make();
        var changes = 0;
        folder.Changed += _ => changes++;
        await folder.ReloadAsync();
        File.SetLastWriteTimeUtc(Path.Combine(Folder["definitions"], "a.yml"), DateTime.UtcNow.AddDays(-1));
        Assert.True(folder.Moved());
        await folder.ReloadAsync();
        Assert.False(folder.Moved());
        Assert.Equal(1, changes);
    }

    [Fact]
    public async Task A_huge_file_is_cut_where_the_parser_can_see_that_it_is_too_long()
    {
        Write("a.yml", "good " + new string('x', 3 * 1024 * 1024));
        using var folder = Make();
        await folder.ReloadAsync();
        Assert.Equal((1024 * 1024) + 1, folder.Catalog.Entries[0].Definition!.Source.Length);
    }

    [Fact]
    public async Task Definitions_that_were_in_force_are_remembered()
    {
        var seen = new DefinitionsSeenStore(Database, Clock);
        Write("a.yml", "good a");
        Write("bad.yml", "bad");
        using var folder = Make(seen);
        await folder.ReloadAsync();
        var first = Assert.Single(await seen.ListAsync(None));
        Clock.Advance(TimeSpan.FromHours(1));
        Write("a.yml", "good a ");
        await folder.ReloadAsync();

        var now = Assert.Single(await seen.ListAsync(None));
        Assert.Equal(("a.yml", first.FirstSeen, Clock.Now), (now.File, now.FirstSeen, now.LastSeen));
        Assert.NotEqual(first.Digest, now.Digest);
    }

    [Fact]
    public async Task Changes_become_live_by_themselves_also_those_of_a_folder_that_comes_later()
    {
        using var folder = Make();
        using var watcher = new DefinitionWatcher(folder, TimeProvider.System, new Lines<DefinitionWatcher>());
        await watcher.StartAsync(None);

        Write("sub/a.yml", "good a");
        await SoonAsync(() => Files(folder).SequenceEqual(["sub/a.yml"]));
        Write("new.tmp", "good b");
        File.Move(Path.Combine(Folder["definitions"], "new.tmp"), Path.Combine(Folder["definitions"], "sub/a.yml"), overwrite: true);
        await SoonAsync(() => folder.Catalog.Find(new SyncKey("main", "company", "b")) is not null);
        Write("sub/a.yml", "bad");
        await SoonAsync(() => folder.Catalog.Entries[0].Broken);
        Directory.Delete(Folder["definitions"], recursive: true);
        await SoonAsync(() => folder.Catalog.Entries.Count == 0);
        Write("c.yml", "good c");
        await SoonAsync(() => Files(folder).SequenceEqual(["c.yml"]));
        await watcher.StopAsync(None);
    }

    [Fact]
    public async Task Definitions_are_loaded_when_the_start_returns()
    {
        Write("a.yml", "good a");
        using var folder = Make();
        using var watcher = new DefinitionWatcher(folder, TimeProvider.System, new Lines<DefinitionWatcher>());
        await watcher.StartAsync(None);
        Assert.Single(folder.Catalog.Entries);
        await watcher.StopAsync(None);
    }

    private static async Task SoonAsync(Func<bool> holds)
    {
        // The promise is two seconds; a busy machine may take longer, and what is asked here is whether it comes at all.
        var until = DateTime.UtcNow.AddSeconds(30);
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < until, "it did not become live");
            await Task.Delay(20);
        }
    }

    private class Lines<T> : ILogger<T>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }

    private sealed class Lines : Lines<DefinitionFolder>;
}
