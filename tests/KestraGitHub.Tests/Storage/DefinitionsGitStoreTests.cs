using System.Text;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class DefinitionsGitStoreTests : StorageTest
{
    private DefinitionsGitStore Store => new(Database);

    [Fact]
    public async Task A_commit_is_in_force_whole_until_another_is_and_a_refusal_leaves_it()
    {
        Assert.Null(await Store.GetAsync("p", None));
        await Store.RefuseAsync("p", "c0", "a.yaml:1:1: no", None);
        Assert.Equal(("", "c0"), ((await Store.GetAsync("p", None))!.Commit, (await Store.GetAsync("p", None))!.Refused));
        await Store.AcceptAsync("p", "c1", "first", "ann", [("a.yaml", Bytes("id: ä\r\n")), ("b/c.yml", Bytes("x"))], None);
        var state = (await Store.GetAsync("p", None))!;
        Assert.Equal(("c1", "first", "ann", null, null), (state.Commit, state.Message, state.Author, state.Refused, state.Refusal));
        Assert.Equal(["a.yaml=id: ä\r\n", "b/c.yml=x"], await FilesAsync("p"));
        await Store.RefuseAsync("p", "c2", "no", None);
        Assert.Equal(("c1", "c2", "no"), ((await Store.GetAsync("p", None))!.Commit, (await Store.GetAsync("p", None))!.Refused, (await Store.GetAsync("p", None))!.Refusal));
        Assert.Equal(2, (await FilesAsync("p")).Count);
        await Store.AcceptAsync("p", "c3", "third", "bob", [("a.yaml", Bytes("y"))], None);
        Assert.Equal(["a.yaml=y"], await FilesAsync("p"));
        Assert.Null((await Store.GetAsync("p", None))!.Refused);
        Assert.Null(await Store.GetAsync("another place", None));
    }

    private async Task<IReadOnlyList<string>> FilesAsync(string place) => [.. (await Store.FilesAsync(place, None)).Select(f => $"{f.File}={Encoding.UTF8.GetString(f.Content)}")];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
