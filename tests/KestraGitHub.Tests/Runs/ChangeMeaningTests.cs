using KestraGitHub.Runs;

namespace KestraGitHub.Tests.Runs;

public sealed class ChangeMeaningTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly ChangeSide
        Applied = Flow("Applied last", "0 6 * * *", "say"), Git = Flow("Git", "0 5 * * *", "say"), Kestra = Flow("Kestra, now", "0 6 * * *", "say", "shout");

    [Fact]
    public void A_conflict_tells_both_moves_apart_from_what_was_applied()
    {
        var moves = ChangeMeaning.OfUnwritten("conflict", toGit: false, Applied, Git, Kestra, Now);
        Assert.Equal(["What changed in Git", "What changed in Kestra"], moves.Select(m => m.Title));
        Assert.Equal(("0 6 * * *", "0 5 * * *", 5), (moves[0].Schedules[0].Before, moves[0].Schedules[0].After, moves[0].Schedules[0].TimesAfter.Count));
        Assert.Empty(moves[1].Schedules);
        Assert.Equal(["shout"], Assert.Single(moves[1].Parts).Added);
    }

    [Theory]
    [InlineData("kept", false, "What was edited in Kestra", "shout")]
    [InlineData("protected", false, "What was edited in Kestra", "shout")]
    [InlineData("kept", true, "What was edited in Git", null)]
    public void What_is_kept_tells_what_the_target_has_and_not_what_the_source_would_bring(string action, bool toGit, string title, string? added)
    {
        var move = Assert.Single(ChangeMeaning.OfUnwritten(action, toGit, Applied, Git, Kestra, Now));
        Assert.Equal((title, added), (move.Title, move.Parts.Where(p => p.Part == "tasks").SelectMany(p => p.Added).FirstOrDefault()));
    }

    [Fact]
    public void A_plan_tells_what_the_run_would_make_of_its_target()
    {
        Assert.Equal(["shout"], ChangeMeaning.OfUnwritten("updated", toGit: false, Applied, Git, Kestra, Now)[0].Parts.Single(p => p.Part == "tasks").Removed);
        Assert.Equal(["shout"], ChangeMeaning.OfUnwritten("updated", toGit: true, Applied, Git, Kestra, Now)[0].Parts.Single(p => p.Part == "tasks").Added);
    }

    [Fact]
    public void What_is_not_known_is_not_taken_for_nothing_and_what_is_not_there_is()
    {
        var away = new ChangeSide("Kestra, now", null, "no answer");
        var moves = ChangeMeaning.OfUnwritten("conflict", toGit: false, Applied, Git, away, Now);
        Assert.Equal((0, "It cannot be told. Kestra, now: no answer"), (moves[1].Parts.Count, moves[1].Note));
        Assert.Equal("It was deleted.", ChangeMeaning.OfUnwritten("conflict", toGit: false, Applied, ChangeSide.NotThere("Git"), away, Now)[0].Note);
        Assert.Equal("Nothing: the two are the same.", ChangeMeaning.OfUnwritten("kept", toGit: false, Applied, Git, Applied, Now)[0].Note);
        Assert.Null(Assert.Single(ChangeMeaning.OfWritten(ChangeSide.NotThere("Before"), Applied, Now)[0].Schedules).Before);
    }

    [Theory]
    [InlineData("text é", null)]
    [InlineData("a\0b", 3L)]
    public void Bytes_that_are_no_text_are_counted(string content, long? binary) => Assert.Equal(binary, ChangeSide.Of("Git", System.Text.Encoding.UTF8.GetBytes(content)).Binary);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_no_text() => Assert.Equal(2, ChangeSide.Of("Git", [0xC3, 0x28]).Binary);

    private static ChangeSide Flow(string title, string cron, params string[] tasks) => new(
        title,
        $"id: a\nnamespace: n\ntasks:\n{string.Concat(tasks.Select(t => $"  - id: {t}\n    type: t\n"))}triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: \"{cron}\"\n");
}
