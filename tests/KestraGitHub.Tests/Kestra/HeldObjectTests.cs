using System.Text;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Kestra;

public sealed class HeldObjectTests
{
    private static readonly ResourceKey File = new(ResourceKind.NamespaceFile, "company", "scripts/a.sh");

    [Theory]
    [InlineData(100, "echo 1")]
    [InlineData(5, null)]
    public async Task A_file_is_read_by_itself_as_far_as_it_is_small_enough(long most, string? content)
    {
        var kestra = new ScriptedKestra
        {
            Answer = r => r.RequestUri!.AbsolutePath.EndsWith("/directory", StringComparison.Ordinal)
                ? ScriptedKestra.Json("""[{"fileName":"a.sh","type":"File","size":6,"lastModifiedTime":1}]""")
                : ScriptedKestra.Bytes("echo 1"u8.ToArray()),
        };
        var held = (await HeldObject.FindAsync(kestra.Server(), File, most, default))!;
        Assert.Equal((6, content), (held.Size, held.Content is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null));
        Assert.Equal(content is null ? 1 : 2, kestra.Sent.Count);
        Assert.Contains("path=%2Fscripts", kestra.Sent[0].Address.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_its_folder_does_not_list_is_not_there() =>
        Assert.Null(await HeldObject.FindAsync(new ScriptedKestra().Server(), File, 100, default));

    [Fact]
    public async Task Each_kind_has_its_call_and_what_the_server_cannot_hold_is_said()
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json("""{"id":"a","namespace":"company","revision":3,"source":"id: a\nnamespace: company\n","sourceCode":"id: a\n"}""") };
        Assert.Equal(3, (await HeldObject.FindAsync(kestra.Server(), new(ResourceKind.Flow, "company", "a"), 100, default))!.Revision);
        var error = await Assert.ThrowsAsync<KestraException>(() => HeldObject.FindAsync(kestra.Server(), new(ResourceKind.App, "company", "a"), 100, default));
        Assert.Contains("enterprise edition", error.Message, StringComparison.Ordinal);
        Assert.NotNull((await HeldObject.FindAsync(kestra.Server("1.3.0"), new(ResourceKind.Dashboard, "", "a"), 100, default))!.Content);
    }
}
