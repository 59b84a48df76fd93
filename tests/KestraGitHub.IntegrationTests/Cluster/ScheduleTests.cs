using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.Cluster;

/// <summary>A schedule is the cluster's, not each node's.</summary>
[Collection("Endurance")]
public sealed class ScheduleTests(DatabaseServer server) : ClusterTest(server)
{
    // The row of a schedule moves with each firing: what it moved to is kept here.
    private const string Keep =
        """
        CREATE TABLE fired (at BIGINT NOT NULL);
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO fired VALUES (NEW.fired_at); RETURN NEW; END $$;
        CREATE TRIGGER keep AFTER UPDATE ON schedules FOR EACH ROW EXECUTE FUNCTION keep();
        """;

    [Fact]
    public async Task A_schedule_of_each_second_fires_once_for_both_nodes()
    {
        Define("tick", "* * * * * *");
        House.Commit("tick", 1, "first");
        await StartBothAsync();
        await ExecuteAsync(Keep);
        await Wait.UntilAsync(async () => (await FiredAsync()).Count >= 12, House.Patience, Output);

        var fired = await FiredAsync();
        Assert.Equal(fired.Distinct(), fired);
        Assert.All(fired, at => Assert.Equal(0, at % 1000));
        await Wait.UntilAsync(async () => (await QueryAsync<string>("SELECT id FROM runs WHERE state = 'succeeded'")).Count > 0, House.Patience, Output);
        House.AssertEqual("tick");
    }

    [Fact]
    public async Task What_was_missed_while_all_nodes_were_down_runs_once()
    {
        Define("yearly", "0 0 0 1 1 *");
        House.Commit("yearly", 1, "first");
        await StartBothAsync();
        await ExecuteAsync(Keep);
        foreach (var node in House.Nodes) await node.StopAsync();
        Assert.Empty(await QueryAsync<string>("SELECT id FROM runs"));
        await ExecuteAsync("UPDATE schedules SET fired_at = @At; DELETE FROM fired", new { At = DateTimeOffset.UtcNow.AddYears(-3).ToUnixTimeMilliseconds() });

        await StartBothAsync();
        await Wait.UntilAsync(async () => (await FiredAsync()).Count > 0, House.Patience, Output);
        await WaitForEveryRunAsync();
        Assert.Single(await FiredAsync());
        Assert.Single(await QueryAsync<string>("SELECT id FROM runs"));
        House.AssertEqual("yearly");
    }

    private Task<IReadOnlyList<long>> FiredAsync() => QueryAsync<long>("SELECT at FROM fired ORDER BY at");

    private void Define(string sync, string cron)
    {
        House.Define(sync);
        var file = Path.Combine(First.DefinitionsPath, $"{sync}.yml");
        File.WriteAllText(file, File.ReadAllText(file).Replace("triggers:", $"""
            triggers:
              - id: clock
                type: io.kestra.plugin.core.trigger.Schedule
                cron: "{cron}"
                withSeconds: true
            """, StringComparison.Ordinal));
    }
}
