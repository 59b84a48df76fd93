using Dapper;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

/// <summary>A history of a million runs must cost no more than one of ten.</summary>
public sealed class QueryPlanTests : StorageTest
{
    private static readonly object Parameters = new
    {
        Before = "g", Take = 2, Tenant = "t", Namespace = "n", Flow = "f", State = "failed", Now = 1, Owner = "o", Until = 1, Since = 1,
    };

    public static TheoryData<string> Queries() => new(
        HistorySql.Last,
        HistorySql.LastOfOne,
        HistorySql.OpenOfOne,
        HistorySql.Heads,
        HistorySql.HeadsSince,
        HistorySql.OpenHeads,
        HistorySql.LastChanges,
        RepositoryStore.Moved,
        RepositoryStore.OldestOpen,
        RunStore.Depth,
        RunStore.Claim,
        HistorySql.Page(new RunQuery(null, null, null, null, 1, null)),
        HistorySql.Page(new RunQuery(null, null, null, RunState.Failed, 1, null)),
        HistorySql.Page(new RunQuery("t", "n", "f", null, 1, null)),
        HistorySql.Page(new RunQuery("t", "n", "f", RunState.Failed, 1, null)),
        HistorySql.Page(new RunQuery("t", null, null, null, 1, null)),
        HistorySql.Page(new RunQuery("t", "n", null, RunState.Failed, 1, null)));

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Nothing_that_is_asked_often_walks_the_history(string sql)
    {
        var plan = await Database.ReadAsync(
            async c => (await c.QueryAsync<(int, int, int, string Detail)>(
                $"EXPLAIN QUERY PLAN {sql}", Parameters))
                .Select(r => r.Detail).ToList(),
            None);
        // Two may be walked: the syncs, and what has not ended.
        string[] little = ["SCAN s", "SCAN runs USING INDEX runs_open"];
        Assert.DoesNotContain(plan, line => line.StartsWith("SCAN", StringComparison.Ordinal) && !little.Contains(line) && !line.StartsWith("SCAN s ", StringComparison.Ordinal));
        // All runs of a sync, one by one.
        Assert.DoesNotContain(plan, line => line.EndsWith("INDEX runs_history (tenant=? AND namespace=? AND flow=?)", StringComparison.Ordinal));
    }

    /// <summary>The other way round each batch of deliveries would walk all that is open, or all that ever came.</summary>
    [Theory]
    [InlineData(RunLook.Open + RunLook.OfWanted, "tenant", "namespace", "flow")]
    [InlineData(HistorySql.LastOfWanted, "tenant", "namespace", "flow")]
    [InlineData(HistorySql.OpenOfWanted, "tenant", "namespace", "flow")]
    [InlineData(HistorySql.FirstFailures, "tenant", "namespace", "flow")]
    [InlineData(DeliveryIntake.Known, "delivery_id")]
    public async Task What_is_wanted_comes_first_and_the_rest_is_looked_up(string sql, params string[] columns)
    {
        var plan = await Database.ReadAsync(
            async c => (await c.QueryAsync<(int, int, int, string Detail)>(
                $"EXPLAIN QUERY PLAN {WantedRows.With(Database, "@Wanted", columns)}{sql}", new { Wanted = WantedRows.Value([]) }))
                .Select(r => r.Detail).ToList(),
            None);
        Assert.StartsWith("SCAN json_each", plan[0], StringComparison.Ordinal);
        Assert.DoesNotContain(plan.Skip(1), line => line.StartsWith("SCAN", StringComparison.Ordinal));
    }
}
