using KestraGitHub.Cli;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Cli;

/// <summary>Scripts count on the numbers: what ends a command is always the same one.</summary>
public sealed class ExitCodesTests
{
    [Fact]
    public void The_numbers_are_those_that_are_documented() => Assert.Equal(
        [0, 1, 2, 3, 4, 5, 6, 7],
        [ExitCodes.Ok, ExitCodes.Error, ExitCodes.Changes, ExitCodes.Invalid, ExitCodes.Conflict, ExitCodes.Blocked, ExitCodes.SignIn, ExitCodes.TimedOut]);

    public static TheoryData<string, Exception, int> Errors() => new()
    {
        { "a fault of a command", new CommandFault(5, "x"), 5 },
        { "settings", new ConfigurationException(["x"]), 3 },
        { "a database that is refused", new StorageRefusedException("x"), 3 },
        { "a value that cannot be rendered", new RenderException(new Fault("f", 1, 1, "m", "c")), 3 },
        { "a failure for good", new PermanentFailureException("x"), 1 },
        { "the disk", new IOException("x"), 1 },
        { "time", new TimeoutException("x"), 7 },
        { "cancelled by the clock", new OperationCanceledException("x"), 7 },
        { "git: credential", new GitException(GitErrorKind.Auth, "x"), 6 },
        { "git: host key", new GitException(GitErrorKind.HostKey, "x"), 6 },
        { "git: time", new GitException(GitErrorKind.Timeout, "x"), 7 },
        { "git: moved", new GitException(GitErrorKind.Moved, "x"), 4 },
        { "git: a name", new GitException(GitErrorKind.Name, "x"), 3 },
        { "git: a protocol", new GitException(GitErrorKind.Protocol, "x"), 3 },
        { "git: not found", new GitException(GitErrorKind.NotFound, "x"), 1 },
        { "git: network", new GitException(GitErrorKind.Network, "x"), 1 },
        { "Kestra: credential", new KestraException(KestraFailureKind.Auth, "x"), 6 },
        { "Kestra: forbidden", new KestraException(KestraFailureKind.Forbidden, "x"), 6 },
        { "Kestra: time", new KestraException(KestraFailureKind.Timeout, "x"), 7 },
        { "Kestra: conflict", new KestraException(KestraFailureKind.Conflict, "x"), 4 },
        { "Kestra: invalid", new KestraException(KestraFailureKind.Invalid, "x"), 3 },
        { "Kestra: away", new KestraException(KestraFailureKind.Unavailable, "x"), 1 },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void What_ends_a_command_has_its_code(string what, Exception error, int code) => Assert.True(code == ExitCodes.Of(error), what);
}
