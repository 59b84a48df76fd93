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

    [Fact]
    public void What_is_known_afterwards_is_said_in_words()
    {
        var held = new Resource(Key, "", "sent", "like", "2", 1);
        var (sent, gone) = (Result(held).Done[0], Result(null).Done[0]);
        var unseen = new AppliedChange(sent.Change, null);
        Assert.Null(WriteProof.Words(new([], null, null)));
        Assert.Equal("Kestra holds 1 object as sent", WriteProof.Words(new([sent], null, null)));
        Assert.Equal("Kestra holds 2 objects as sent, and has deleted 1", WriteProof.Words(new([sent, sent, gone], null, null)));
        Assert.Equal("Kestra holds 1 of 2 objects as sent", WriteProof.Words(new([sent, unseen], null, null)));
        Assert.Equal("Kestra has deleted 2 objects", WriteProof.Words(new([gone, gone], null, null)));
    }
}
