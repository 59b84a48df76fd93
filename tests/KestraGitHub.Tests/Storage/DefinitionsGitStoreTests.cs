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
        await Store.RefuseAsync("p", new("c0", "", ""), "a.yaml:1:1: no", None);
        Assert.Equal(("", "c0"), ((await Store.GetAsync("p", None))!.Commit, (await Store.GetAsync("p", None))!.Refused));
        await Store.AcceptAsync("p", new("c1", "first", "ann"), [("a.yaml", Bytes("id: ä\r\n")), ("b/c.yml", Bytes("x"))], null, None);
        var state = (await Store.GetAsync("p", None))!;
        Assert.Equal(("c1", "first", "ann", null, null), (state.Commit, state.Message, state.Author, state.Refused, state.Refusal));
        Assert.Equal(["a.yaml=id: ä\r\n", "b/c.yml=x"], await FilesAsync("p"));
        await Store.RefuseAsync("p", new("c2", "", ""), "no", None);
        Assert.Equal(("c1", "c2", "no"), ((await Store.GetAsync("p", None))!.Commit, (await Store.GetAsync("p", None))!.Refused, (await Store.GetAsync("p", None))!.Refusal));
        Assert.Equal(2, (await FilesAsync("p")).Count);
        await Store.AcceptAsync("p", new("c3", "third", "bob"), [("a.yaml", Bytes("y"))], null, None);
        Assert.Equal(["a.yaml=y"], await FilesAsync("p"));
        Assert.Null((await Store.GetAsync("p", None))!.Refused);
        Assert.Null(await Store.GetAsync("another place", None));
    }

    [Fact]
    public async Task Whoever_goes_back_holds_the_commit_until_the_branch_is_followed_again()
    {
        Assert.True(await Store.AcceptAsync("p", new("c1", "first", "ann"), [("a.yaml", Bytes("1"))], "new: a.yaml", None));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Store.AcceptAsync("p", new("c2", "second", "bob"), [("a.yaml", Bytes("2"))], "changed: a.yaml", None));
        Assert.False(await Store.AcceptAsync("p", new("c2", "second", "bob"), [("a.yaml", Bytes("other"))], null, None));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Store.HoldAsync("p", new("c1", "first", "ann"), [("a.yaml", Bytes("1"))], "carl", None);
        var held = (await Store.GetAsync("p", None))!;
        Assert.Equal(("c1", "carl", Clock.GetUtcNow()), (held.Commit, held.HeldBy, held.HeldAt));

        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await Store.AcceptAsync("p", new("c3", "third", "bob"), [("a.yaml", Bytes("3"))], null, None));
        Assert.Equal(["a.yaml=1"], await FilesAsync("p"));

        Assert.True(await Store.FollowAsync("p", "dora", None));
        Assert.False(await Store.FollowAsync("p", "dora", None));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Store.AcceptAsync("p", new("c3", "third", "bob"), [("a.yaml", Bytes("3"))], null, None));
        Assert.Equal(["a.yaml=3"], await FilesAsync("p"));
        Assert.Equal(
            [("c3", "taken", null, null), ("c1", "followed", "dora", null), ("c1", "rolledBack", "carl", null), ("c2", "taken", null, "changed: a.yaml"), ("c1", "taken", null, "new: a.yaml")],
            (await Store.HistoryAsync("p", None)).Select(e => (e.Commit, e.Outcome, e.Actor, e.Detail)));
        Assert.Empty(await Store.HistoryAsync("another place", None));
    }

    [Fact]
    public async Task A_commit_is_refused_once_and_two_hundred_events_are_kept()
    {
        await Store.RefuseAsync("p", new("c1", "first", "ann"), "a.yaml:1:1: no", None);
        await Store.RefuseAsync("p", new("c1", "first", "ann"), "a.yaml:1:1: no", None);
        Assert.Equal(("refused", "a.yaml:1:1: no"), Assert.Single((await Store.HistoryAsync("p", None)).Select(e => (e.Outcome, e.Detail))));

        for (var i = 0; i < 205; i++) await Store.RefuseAsync("p", new($"d{i}", "", ""), "no", None);
        var kept = await Store.HistoryAsync("p", None);
        Assert.Equal(("d204", "d5", 200), (kept[0].Commit, kept[^1].Commit, kept.Count));
    }

    private async Task<IReadOnlyList<string>> FilesAsync(string place) => [.. (await Store.FilesAsync(place, None)).Select(f => $"{f.File}={Encoding.UTF8.GetString(f.Content)}")];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
