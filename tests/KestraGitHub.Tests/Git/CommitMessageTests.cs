using KestraGitHub.Definitions;
using KestraGitHub.Git;

namespace KestraGitHub.Tests.Git;

public class CommitMessageTests
{
    private const string Ours = "Kestra-Sync: main/system/push\nKestra-Run: 42\n";

    [Theory]
    [InlineData("Add flows", "Add flows\n\n")]
    [InlineData("fix: add flows", "fix: add flows\n\n")]
    [InlineData("Add flows\r\n\r\nThey are new.\r\n", "Add flows\n\nThey are new.\n\n")]
    [InlineData("Add flows\n\nCo-authored-by: A <a@b.c>\nTicket: 7", "Add flows\n\nCo-authored-by: A <a@b.c>\nTicket: 7\n")]
    [InlineData("Add flows\n\nTicket: 7\nand more", "Add flows\n\nTicket: 7\nand more\n\n")]
    public void The_trailers_are_the_last_paragraph_or_join_it(string message, string before) => Assert.Equal(
        before + Ours,
        CommitMessage.Of(
            new PushSettings(message, new Person("A", "a@b.c"), "dev", new Selection(["**"]), false), new CommitStamp("main/system/push", "42", (_, _, _) => Task.CompletedTask),
            DateTimeOffset.UnixEpoch).Text);
}
