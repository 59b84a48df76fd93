using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Tests.Storage;

public class KeptFilesTests : StorageTest
{
    private readonly List<DataDirectory> _folders = [];

    public override async Task DisposeAsync()
    {
        _folders.ForEach(f => f.Dispose());
        await base.DisposeAsync();
    }

    [Fact]
    public void What_was_made_once_is_found_again_and_is_the_owners_alone()
    {
        var files = At("data");
        var made = files.ReadOrMake("token", () => "first\n");
        var again = files.ReadOrMake("token", () => "second\n");

        Assert.Equal(("first\n", true, "first\n", false), (made.Content, made.Made, again.Content, again.Made));
        Assert.Equal("first\n", File.ReadAllText(made.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, TempFolder.ModeOf(made.Path));
        Assert.Equal("first\n", files.Read("token"));
        Assert.Null(files.Read("other"));
    }

    [Fact]
    public void Keys_are_kept_one_by_one()
    {
        var files = At("data");
        Assert.Empty(files.ReadAll("keys"));
        files.Add("keys/a.xml", "<a />");
        files.Add("keys/b.xml", "<b />");
        Assert.Equal(["<a />", "<b />"], files.ReadAll("keys"));
    }

    [Fact]
    public void Servers_of_one_database_have_the_same_and_others_their_own()
    {
        var (one, two) = (At("one"), At("two"));
        var first = one.ReadOrMake("token", () => "first\n");
        var second = two.ReadOrMake("token", () => "second\n");
        one.Add("keys/a.xml", "<a />");

        Assert.Equal(Database.Shared, first.Content == second.Content);
        Assert.Equal(!Database.Shared, second.Made);
        Assert.Equal(second.Content, File.ReadAllText(second.Path));
        Assert.Equal(Database.Shared ? 1 : 0, two.ReadAll("keys").Count);
    }

    private KeptFiles At(string folder)
    {
        var data = new DataDirectory(Options.Create(new DataOptions { Path = Folder[folder] }));
        data.Open();
        _folders.Add(data);
        return new KeptFiles(data, Database, Clock);
    }
}
