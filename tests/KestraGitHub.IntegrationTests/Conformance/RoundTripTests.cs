using System.Globalization;
using System.Text;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Git;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>
/// Kestra → Git → another Kestra, with hostile names and contents: the same bytes, and a second run in either direction finds nothing to do. What a
/// version of Kestra cannot hold (kestra-api.md, 11.1 and 11.5) is refused there by name. <c>tests/endurance.sh --objects 1000</c> runs it with more.
/// </summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    private const string Ns = "hostile.ns";
    private static readonly int Objects = int.Parse(Environment.GetEnvironmentVariable("KESTRA_GITHUB_OBJECTS") ?? "50", CultureInfo.InvariantCulture);

    // Stored as they stand by a POST, whatever YAML makes of them [flow.bad-ids]; Git tells upper from lower case as Kestra does.
    private static readonly string[] FlowIds = ["010", "off", "1.50", "1e3", "a.b_c-D", "a.b_c-d", new string('x', 100), "True", "yes", "0x1F"];

    /// <summary>Sources that a server stores as they stand.</summary>
    private static readonly Func<string, string>[] Sources =
    [
        id => Flow(id, "plain"),
        id => Flow(id, "crlf").Replace("\n", "\r\n", StringComparison.Ordinal),
        id => Flow(id, "no final newline").TrimEnd(),
        id => "\uFEFF" + Flow(id, "a mark"),
        id => "\uFEFF" + Flow(id, "a mark, crlf, no end").Replace("\n", "\r\n", StringComparison.Ordinal).TrimEnd(),
        id => Flow(id, "many ends") + "\n  \n\n",
        id => Flow(id, "\"nfc \u00E9 nfd e\u0301, \U0001F600, \u202E, \u00A0\""),
        id => "---\n" + Flow(id, "leading dashes"),
        id => Flow(id, "an end of document") + "...\n",
        id => Flow(id, "quotes").Replace($"id: {id}\nnamespace: {Ns}", $"# first\n\"id\": \"{id}\"   # the id\nnamespace: '{Ns}' # theirs", StringComparison.Ordinal),
        id => Flow(id, new string('l', 20_000)),
        id => $"{{id: \"{id}\", namespace: {Ns}, tasks: [{{id: t, type: io.kestra.plugin.core.log.Log, message: in one line}}]}}",
        id => Flow(id, "aliases") + "variables:\n  a: &x [1, 2]\n  b: *x\n",
        id => Flow(id, "mixed ends").Replace("tasks:\n", "tasks:\r\n", StringComparison.Ordinal),
    ];

    private static readonly Func<int, byte[]>[] Contents =
    [
        i => Encoding.UTF8.GetBytes($"plain {i}\n"), i => Encoding.UTF8.GetBytes($"a\r\nb {i}\r\n"), i => Encoding.UTF8.GetBytes($"no end {i}"), _ => [],
        i => [0xEF, 0xBB, 0xBF, (byte)i], i => [0, 1, 2, 0xFF, 0xFE, (byte)i], _ => "\n\n\n"u8.ToArray(), i => Encoding.UTF8.GetBytes($"PK\u0003\u0004 no archive {i}"),
        i => Encoding.UTF8.GetBytes($"{{{{ secret('NOT_RENDERED') }}}} {i}"),
    ];

    /// <summary>Names that both versions hold.</summary>
    private static readonly string[] Names =
    [
        "nfc-\u00E9.txt", "nfd-e\u0301.txt", "a+b.txt", "a&b=c;d,e.txt", "at@x!$'()*~.txt", "\U0001F600.txt", "-dash", ".hidden", ".env", "name.git", "x.gitignore", "pack.ZIP", "pack.zip",
        "UPPER", "upper", "deep/er/and/deeper/f.sql", "deep/_flows/f.yml", "files/flows/a.yaml", "colon:name", new string('n', 200), "\u4F60\u597D/\u4E16\u754C.txt", "no-extension", "trailing.", "..dots", "con",
    ];

    /// <summary>Names that 1.3 cannot hold [nsfile.names], and 2.0 does.</summary>
    private static readonly string[] NamesOf20 = ["hash#1.txt", "percent%2Fslash.txt", "100%.txt", "what?.txt", "\"quoted\".txt", "[brackets].txt", "{braces}.txt", "<less>.txt", "a|b.txt", "a^b`c.txt"];

    /// <summary>Names that no version takes by its API: a space becomes a plus, where it meets the file of that name.</summary>
    private static readonly string[] NamesOfNone = ["with space.txt", "deep/a b/c.txt", " leading"];

    private static string Flow(string id, string message) => SyncCase.Flow(id, Ns, message);

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.3")]
    public async Task What_leaves_Kestra_comes_back_byte_for_byte_and_a_second_run_finds_nothing(string version)
    {
        await using var from = await SyncCase.StartAsync(version);
        await using var to = await SyncCase.StartAsync(version);
        from.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "of people\n" });
        var files = Fill(from, version);
        var flows = from.Kestra.State.ListFlows().ToDictionary(f => f.Id, f => f.Source);
        Assert.Equal((Objects, Objects), (flows.Count, files.Count));

        // Out, and once more.
        await from.DefineAsync(from.Task($"sourceNamespace: {Ns}", "PushFlows", "flows") + from.Task($"namespace: {Ns}", "PushNamespaceFiles", "files"));
        var run = (await from.RunAsync()).Succeeded();
        Assert.Equal(2 * Objects, run.Count("added"));
        var held = Held(from);
        foreach (var (id, source) in flows) Assert.True(held.GetValueOrDefault($"_flows/{id}.yml") == BlobHash.Of(Encoding.UTF8.GetBytes(source)), $"{id}: {source[..Math.Min(80, source.Length)]}");
        foreach (var (path, content) in files) Assert.True(held.GetValueOrDefault($"_files/{path}") == BlobHash.Of(content), path);
        var commits = from.Log();
        Assert.Equal("", (await from.RunAsync()).Succeeded().Written);

        // In, beside what people add that this server cannot hold, and once more.
        var refused = version == "1.3" ? NamesOfNone.Concat(NamesOf20).ToArray() : NamesOfNone;
        from.Commit(new Dictionary<string, SandboxFile>(Blobs(from)) { ["README.md"] = "of people\n" }.Concat(refused.Select(n => KeyValuePair.Create($"_files/{n}", new SandboxFile("x"u8.ToArray())))).ToDictionary());
        await to.DefineAsync(Of(from, to, to.Task($"targetNamespace: {Ns}\ndelete: true", id: "flows") + to.Task($"namespace: {Ns}\ndelete: true", "SyncNamespaceFiles", "files")));
        run = (await to.RunAsync()).Succeeded();
        Assert.Equal(2 * Objects, run.Count("added"));
        Assert.Equal(flows, to.Kestra.State.ListFlows().ToDictionary(f => f.Id, f => f.Source));
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), to.Kestra.State.ListFiles(Ns).Select(f => f[1..]).Order(StringComparer.Ordinal));
        foreach (var (path, content) in files) Assert.True(content.AsSpan().SequenceEqual(to.Kestra.State.GetFile(Ns, "/" + path)), path);
        foreach (var name in refused) Assert.Equal("invalid", run.Of($"_files/{name}").Action);
        foreach (var name in NamesOfNone) Assert.Contains("a space, which Kestra would store as '+'", run.Of($"_files/{name}").Reason, StringComparison.Ordinal);
        Assert.Equal(refused.Length, run.Count("invalid"));
        Assert.Equal("", (await to.RunAsync()).Succeeded().Written);

        // And the other Kestra has nothing new for Git.
        await to.DefineAsync(Of(from, to, to.Task($"sourceNamespace: {Ns}", "PushFlows", "back") + to.Task($"namespace: {Ns}\ndelete: false", "PushNamespaceFiles", "back-files")));
        Assert.Equal("", (await to.RunAsync()).Succeeded().Written);
        Assert.Equal(commits.Count + 1, from.Log().Count);
        Assert.Empty(from.Kestra.UnknownCalls.Concat(to.Kestra.UnknownCalls));
        output.WriteLine($"{flows.Count} flows and {files.Count} files, {files.Values.Sum(f => (long)f.Length) / 1024} KB, Kestra {version}: {from.Kestra.Calls.Count} calls out, {to.Kestra.Calls.Count} calls in");
    }

    private static string Of(SyncCase from, SyncCase to, string tasks) => tasks.Replace(to.RepositoryUrl, from.RepositoryUrl, StringComparison.Ordinal);

    private static Dictionary<string, byte[]> Fill(SyncCase one, string version)
    {
        for (var i = 0; i < Objects; i++) one.Kestra.State.PutFlow(Sources[i % Sources.Length](i < FlowIds.Length ? FlowIds[i] : $"flow-{i}"));
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        string[] names = version == "1.3" ? Names : [.. Names, .. NamesOf20];
        for (var i = 0; i < Objects; i++)
        {
            var name = names[i % names.Length];
            files[i < names.Length ? name : $"more/{i / names.Length}/{name}"] = Contents[i % Contents.Length](i);
        }

        var chance = new Random(42);
        chance.NextBytes(files["pack.zip"] = new byte[2 << 20]);
        foreach (var (path, content) in files) one.Kestra.State.PutFile(Ns, "/" + path, content);
        return files;
    }

    private static Dictionary<string, string> Held(SyncCase one) => one.Git.Files(one.Repository, "main").ToDictionary(f => f.Key, f => f.Value.Id, StringComparer.Ordinal);

    /// <summary>What the branch holds, to be committed again beside something else.</summary>
    private static Dictionary<string, SandboxFile> Blobs(SyncCase one)
    {
        var blobs = one.Kestra.State.ListFlows().ToDictionary(f => $"_flows/{f.Id}.yml", f => SandboxFile.Of(f.Source), StringComparer.Ordinal);
        foreach (var path in one.Kestra.State.ListFiles(Ns)) blobs[$"_files{path}"] = new SandboxFile(one.Kestra.State.GetFile(Ns, path)!);
        return blobs;
    }
}
