using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class IdempotencyStoreTests : StorageTest
{
    private static readonly IdempotencyName Name = new("ann", "k1");

    private protected IdempotencyStore Store => new(Database);

    [Fact]
    public async Task A_key_is_fresh_once_then_busy_then_known()
    {
        Assert.Equal(IdempotencyOutcome.Fresh, (await Store.ClaimAsync(Name, "a", None)).Outcome);
        Assert.Equal(IdempotencyOutcome.Busy, (await Store.ClaimAsync(Name, "a", None)).Outcome);
        Assert.Equal(IdempotencyOutcome.Other, (await Store.ClaimAsync(Name, "b", None)).Outcome);
        Assert.Equal(IdempotencyOutcome.Fresh, (await Store.ClaimAsync(Name with { Caller = "bob" }, "a", None)).Outcome);
        var answer = new KeptAnswer(202, "application/json", "/x", "{\"ä\": \"\U0001F600\"}");
        await Store.KeepAsync(Name, answer, None);
        var known = await Store.ClaimAsync(Name, "a", None);
        Assert.Equal((IdempotencyOutcome.Known, answer), (known.Outcome, known.Answer));
        await Store.ForgetAsync(Name, None);
        Assert.Equal(IdempotencyOutcome.Known, (await Store.ClaimAsync(Name, "a", None)).Outcome);
    }

    [Fact]
    public async Task What_came_to_nothing_may_be_made_again()
    {
        await Store.ClaimAsync(Name, "a", None);
        await Store.ForgetAsync(Name, None);
        Assert.Equal(IdempotencyOutcome.Fresh, (await Store.ClaimAsync(Name, "b", None)).Outcome);
    }
}

public sealed class IdempotencyAgeTests : StorageTest
{
    private static readonly IdempotencyName Name = new("ann", "k1");

    [Fact]
    public async Task A_request_whose_server_is_gone_is_taken_over_and_an_answer_is_kept_for_a_day()
    {
        var store = new IdempotencyStore(Database);
        await store.ClaimAsync(Name, "a", None);
        Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(IdempotencyOutcome.Fresh, (await store.ClaimAsync(Name, "a", None)).Outcome);
        await store.KeepAsync(Name, new KeptAnswer(200, null, null, ""), None);
        Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(IdempotencyOutcome.Known, (await store.ClaimAsync(Name, "a", None)).Outcome);
        Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(IdempotencyOutcome.Fresh, (await store.ClaimAsync(Name, "b", None)).Outcome);
    }
}
