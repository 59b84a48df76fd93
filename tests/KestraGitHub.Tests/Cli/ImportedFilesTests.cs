using KestraGitHub.Cli;
using KestraGitHub.Tests.Storage;

namespace KestraGitHub.Tests.Cli;

/// <summary>All definitions are written, or none.</summary>
public sealed class ImportedFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_differs_is_kept_unless_it_is_told_otherwise()
    {
        File.WriteAllText(_folder["b.yaml"], "mine");
        Assert.Equal((4, "Nothing was written"), Refused(force: false));
        ImportedFiles.Write(Files, force: true);
        ImportedFiles.Write(Files, force: false);
        Assert.Equal(["a: 1", "b: 2"], Files.Select(f => File.ReadAllText(f.Path)));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder["."]).Length);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_refuses_all_of_them()
    {
        Directory.CreateDirectory(_folder["b.yaml"]);
        Assert.Equal((4, "Nothing was written"), Refused(force: true));
        Assert.False(File.Exists(_folder["a.yaml"]));
    }

    private (string Path, string Text)[] Files => [(_folder["a.yaml"], "a: 1"), (_folder["b.yaml"], "b: 2")];

    private (int, string) Refused(bool force)
    {
        var fault = Assert.Throws<CommandFault>(() => ImportedFiles.Write(Files, force));
        return (fault.Code, fault.Message[.."Nothing was written".Length]);
    }
}
