using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;

namespace KestraGitHub.Tests.Runs;

public sealed class WriteProofTests
{
    private static readonly ResourceKey Key = new(ResourceKind.Flow, "prod", "a");

    private static ApplyResult Result(Resource? now) => new(
        [new AppliedChange(new Change(now is null ? ChangeAction.Deleted : ChangeAction.Updated, Key, null, "", new Resource(Key, "", "sent", "like", "", 1)), now)], "cursor", null);

    [Fact]
    public void What_is_held_as_it_was_sent_passes_and_so_do_other_line_ends_and_deletes()
    {
        foreach (var now in new[] { new Resource(Key, "", "sent", "like", "2", 1), new Resource(Key, "", "trimmed", "like", "2", 1), null })
        {
            var result = Result(now);
            Assert.Same(result, WriteProof.Of(result));
        }
    }

    [Fact]
    public void What_was_altered_on_its_way_fails_the_run_by_name_and_vouches_for_nothing()
    {
        var result = WriteProof.Of(Result(new Resource(Key, "", "altered", "unlike", "2", 1)));
        Assert.Contains("flow prod/a", Assert.IsType<PermanentFailureException>(result.Failure!.Error).Message, StringComparison.Ordinal);
        Assert.Null(result.Cursor);
        Assert.Single(result.Done);
    }
}
