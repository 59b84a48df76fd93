using System.IO.Compression;
using System.Net;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Kestra;

public sealed class KestraResourceStoreTests
{
    private static readonly Scope Company = new(ResourceKind.Flow, "company", true);

    [Fact]
    public async Task A_flow_that_cannot_be_read_shields_what_it_may_be()
    {
        var kestra = Serving(
            """
            {"results":[{"namespace":"company","id":"a","revision":1,"updated":"2026-01-01T00:00:00Z"},{"namespace":"company","id":"b","revision":1}],"total":2}
            """,
            Zip("id: a\nnamespace: company\n", "id: [b\nnamespace: company\n"));
        var read = await Store(kestra).ReadAsync(KnownState.Nothing, default);
        Assert.Equal("a", Assert.Single(read.Resources).Key.Id);
        var problem = Assert.Single(read.Problems);
        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Equal("b", Assert.Single(problem.Shields).Id);
    }

    [Fact]
    public async Task An_export_that_holds_less_than_the_search_counts_is_an_error()
    {
        var kestra = Serving(
            """{"results":[{"namespace":"company","id":"a","revision":1,"updated":"2026-01-01T00:00:00Z"}],"total":2}""", Zip("id: a\nnamespace: company\n"));
        var error = await Assert.ThrowsAsync<KestraException>(() => Store(kestra).ReadAsync(KnownState.Nothing, default));
        Assert.Contains("holds 1 of 2 flows", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_404_of_a_list_is_never_an_empty_one()
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json("""{"message":"Not Found"}""", HttpStatusCode.NotFound) };
        await Assert.ThrowsAsync<KestraException>(() => Store(kestra).ReadAsync(KnownState.Nothing, default));
        var files = new KestraResourceStore(kestra.Server(), new Scope(ResourceKind.NamespaceFile, "company", false), false);
        await Assert.ThrowsAsync<KestraException>(() => files.ReadAsync(KnownState.Nothing, default));
    }

    [Theory]
    [InlineData("""{"results":[{"namespace":"company","id":"a","revision":1}],"total":1}""")]
    [InlineData("""{"results":[{"namespace":"company","id":"a","updated":"2026-01-01T00:00:00Z"}],"total":1}""")]
    public async Task Without_a_time_or_a_revision_there_is_no_cursor(string search)
    {
        var read = await Store(Serving(search, Zip("id: a\nnamespace: company\n"))).ReadAsync(KnownState.Nothing, default);
        Assert.Single(read.Resources);
        Assert.Equal("", read.Revision);
    }

    [Fact]
    public async Task A_flow_marked_deleted_is_not_there()
    {
        var kestra = Serving("""{"results":[],"total":0}""", Zip());
        kestra.Answer = r => ScriptedKestra.Json("""{"revision":3,"deleted":true,"source":"id: a"}""");
        Assert.Null(await kestra.Client().FindFlowAsync(new ResourceKey(ResourceKind.Flow, "company", "a"), default));
    }

    [Theory]
    [InlineData(ResourceKind.Dashboard)]
    [InlineData(ResourceKind.App)]
    [InlineData(ResourceKind.UnitTest)]
    public async Task What_the_edition_does_not_hold_is_said_and_not_asked_for(ResourceKind kind)
    {
        var kestra = new ScriptedKestra();
        var read = await new KestraResourceStore(kestra.Server(), new Scope(kind, "", true), false).ReadAsync(KnownState.Nothing, default);
        Assert.Contains("enterprise edition", read.Unsupported[kind], StringComparison.Ordinal);
        Assert.Empty(kestra.Sent);
    }

    [Fact]
    public void Cursors_survive_being_text()
    {
        var cursor = new FlowCursor("u\"1", 3, "2026-11-22T11:53:14.462533Z", "a.b", "c", 7);
        Assert.Equal(cursor, FlowCursor.Parse(cursor.ToString()));
        Assert.Equal(-1, FlowCursor.Compare("2026-11-22T11:53:14.46Z", "2026-11-22T11:53:14.462533Z"));
        Assert.Equal(0, FlowCursor.Compare("2026-11-22T11:53:14.5Z", "2026-11-22T11:53:14.500Z"));
        Assert.Equal(1, FlowCursor.Compare("2026-11-22T11:53:14.462533123Z", "2026-11-22T11:53:14.462532999Z"));
    }

    private static KestraResourceStore Store(ScriptedKestra kestra) => new(kestra.Server(), Company, false);

    private static ScriptedKestra Serving(string search, byte[] export) => new()
    {
        Answer = r => r.RequestUri!.AbsolutePath.EndsWith("/search", StringComparison.Ordinal) ? ScriptedKestra.Json(search) : ScriptedKestra.Bytes(export),
    };

    private static byte[] Zip(params string[] sources)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < sources.Length; i++)
            {
                using var writer = new StreamWriter(zip.CreateEntry($"{i}.yml").Open());
                writer.Write(sources[i]);
            }
        }

        return bytes.ToArray();
    }
}
