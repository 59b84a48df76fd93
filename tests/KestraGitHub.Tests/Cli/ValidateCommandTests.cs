using KestraGitHub.Cli;

namespace KestraGitHub.Tests.Cli;

public sealed class ValidateCommandTests : IDisposable
{
    private const string Good =
        """
        id: sync
        namespace: system
        tasks:
          - id: git
            type: io.kestra.plugin.git.SyncFlows
            url: https://github.com/acme/flows
            password: "{{ secret('NOT_HERE') }}"
            username: git
            targetNamespace: prod
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("kg-validate-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_good_folder_passes_without_the_services_secrets()
    {
        Write("a.yaml", Good);
        Write("sub/b.yml", Good.Replace("id: sync", "id: other", StringComparison.Ordinal));
        Assert.Equal(0, Run(_folder));
        Assert.Contains("2 definitions, 0 broken", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_errors.ToString());
    }

    [Fact]
    public void A_fault_is_said_with_its_place_and_cure_and_fails_the_check()
    {
        Write("a.yaml", Good.Replace("targetNamespace", "targetNamespac", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Invalid, Run(_folder));
        Assert.Contains("a.yaml:9:5", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("targetNamespace", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_file_can_be_checked_alone()
    {
        Write("a.yaml", Good);
        Write("broken.yaml", "id: [");
        Assert.Equal(0, Run(Path.Combine(_folder, "a.yaml")));
    }

    [Fact]
    public void Two_files_with_one_identity_are_both_refused()
    {
        Write("a.yaml", Good);
        Write("b.yaml", Good);
        Assert.Equal(ExitCodes.Invalid, Run(_folder));
        Assert.Contains("2 definitions, 2 broken", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_not_there_is_another_kind_of_failure() =>
        Assert.Equal(ExitCodes.Error, Assert.Throws<CommandFault>(() => Run(Path.Combine(_folder, "none"))).Code);

    [Fact]
    public void What_cannot_be_read_is_told_and_the_others_are_looked_at()
    {
        Write("a.yaml", Good);
        File.CreateSymbolicLink(Path.Combine(_folder, "dangling.yaml"), Path.Combine(_folder, "nowhere"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_folder, "pipe.yaml"))) made.WaitForExit();
        File.CreateSymbolicLink(Path.Combine(_folder, "link.yaml"), Path.Combine(_folder, "pipe.yaml"));
        Assert.Equal(ExitCodes.Invalid, Run(_folder));
        Assert.Contains("dangling.yaml: The file cannot be read", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("pipe.yaml", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("4 definitions, 3 broken", _output.ToString(), StringComparison.Ordinal);
    }

    private int Run(string path) => ValidateCommand.Run(path, OutputForm.Text, new Screen(_output, _errors, Colors: false, Width: null));

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
