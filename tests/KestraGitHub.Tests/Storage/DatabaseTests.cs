using System.Diagnostics.Metrics;
using Dapper;
using KestraGitHub.Storage;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.Tests.Storage;

public sealed class DatabaseTests : StorageTest
{
    private Task<int> InsertAsync(string flow) => Database.WriteAsync(
        (c, t) => c.ExecuteAsync("INSERT INTO syncs VALUES ('t', 'n', @flow)", new { flow }, t), None);

    private Task<long> CountAsync() => Database.ReadAsync(c => c.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM syncs"), None);

    [Fact]
    public async Task A_write_that_throws_undoes_only_itself_though_it_shares_a_commit()
    {
        using var open = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var first = Database.WriteAsync(
            (_, _) =>
            {
                entered.Set();
                return Task.FromResult(open.Wait(TimeSpan.FromSeconds(10)));
            },
            None);
        entered.Wait();
        var good = Enumerable.Range(0, 10).Select(i => InsertAsync($"good{i}")).ToList();
        var bad = Enumerable.Range(0, 10).Select(i => Database.WriteAsync<int>(
            async (c, t) =>
            {
                await c.ExecuteAsync($"INSERT INTO syncs VALUES ('t', 'n', 'bad{i}')", transaction: t);
                throw new FormatException("no");
            },
            None)).ToList();
        open.Set();

        Assert.True(await first);
        await Task.WhenAll(good);
        foreach (var task in bad) await Assert.ThrowsAsync<FormatException>(() => task);
        Assert.Equal(10, await CountAsync());
        Assert.Equal(20, Database.LastGroupSize);
    }

    [Fact]
    public async Task Thirty_two_writers_share_commits_and_lose_nothing()
    {
        var largest = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (i, l) =>
        {
            if (i.Name == "kestra_github_commit_group_size") l.EnableMeasurementEvents(i);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => largest = Math.Max(largest, value));
        listener.Start();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await InsertAsync($"w{w}-{i}");
        })));

        Assert.Equal(32 * 50, await CountAsync());
        Assert.True(largest > 1);
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_kill()
    {
        for (var i = 0; i < 20; i++) await InsertAsync($"f{i}");

        // A killed process leaves its files as they are now, and nobody closes anything.
        using var after = new TempFolder();
        File.Copy(Folder["test.db"], after["test.db"]);
        File.Copy(Folder["test.db-wal"], after["test.db-wal"]);
        await using var reopened = await OpenAsync(new SqliteDialect(after["test.db"]));

        Assert.Equal(20, await reopened.ReadAsync(c => c.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM syncs"), None));
        Assert.Equal("ok", await reopened.ReadAsync(c => c.ExecuteScalarAsync<string>("PRAGMA integrity_check"), None));
    }

    [Fact]
    public async Task A_write_given_up_before_it_started_is_never_done()
    {
        using var open = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        using var giveUp = new CancellationTokenSource();
        var first = Database.WriteAsync(
            (_, _) =>
            {
                entered.Set();
                return Task.FromResult(open.Wait(TimeSpan.FromSeconds(10)));
            },
            None);
        entered.Wait();
        var second = Database.WriteAsync((c, t) => c.ExecuteAsync("INSERT INTO syncs VALUES ('t', 'n', 'x')", transaction: t), giveUp.Token);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        open.Set();
        await first;
        await InsertAsync("y");
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Closing_writes_what_is_queued_and_refuses_what_comes_later()
    {
        var writes = Enumerable.Range(0, 100).Select(i => InsertAsync($"f{i}")).ToList();
        await Database.DisposeAsync();
        await Task.WhenAll(writes);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => InsertAsync("late"));
        await Assert.ThrowsAsync<StorageUnavailableException>(CountAsync);
        await using var reopened = await OpenAsync();
        Assert.Equal(100, await reopened.ReadAsync(c => c.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM syncs"), None));
    }

    [Fact]
    public async Task A_full_disk_is_unavailable_storage_and_not_the_end()
    {
        await Database.WriteAsync((c, t) => c.ExecuteScalarAsync<long>("PRAGMA max_page_count = 200", transaction: t), None);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => Database.WriteAsync(
            (c, t) => c.ExecuteAsync("INSERT INTO syncs VALUES ('t', 'n', hex(randomblob(4000000)))", transaction: t), None));

        Assert.Equal(1, await InsertAsync("small"));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_database_locked_by_a_stranger_is_unavailable_until_it_is_let_go()
    {
        await using var database = await OpenAsync(new SqliteDialect(Folder["other.db"], TimeSpan.FromMilliseconds(200)));
        await using (var stranger = new SqliteConnection($"Data Source={Folder["other.db"]};Pooling=false"))
        {
            await stranger.OpenAsync();
            await stranger.ExecuteAsync("BEGIN IMMEDIATE");
            await Assert.ThrowsAsync<StorageUnavailableException>(() => database.WriteAsync((_, _) => Task.FromResult(1), None));
        }

        Assert.Equal(1, await database.WriteAsync((_, _) => Task.FromResult(1), None));
    }

    [Fact]
    public async Task Reads_cannot_write()
    {
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => Database.ReadAsync(c => c.ExecuteAsync("DELETE FROM syncs"), None));
    }

    [Fact]
    public async Task A_schema_of_a_newer_version_is_refused()
    {
        await Database.WriteAsync((c, t) => c.ExecuteAsync("INSERT INTO schema_migrations VALUES (9999, 'later', 0)", transaction: t), None);
        await Database.DisposeAsync();

        var refused = await Assert.ThrowsAsync<StorageRefusedException>(() => OpenAsync());
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_start_applies_no_migration_again()
    {
        await InsertAsync("kept");
        var applied = await Database.ReadAsync(c => c.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM schema_migrations"), None);
        await Database.DisposeAsync();

        await using var reopened = await OpenAsync();
        await reopened.InitializeAsync(None);
        Assert.Equal(1, await reopened.ReadAsync(c => c.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM syncs"), None));
        Assert.Equal(applied, await reopened.ReadAsync(c => c.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM schema_migrations"), None));
    }

    [Fact]
    public void The_files_are_the_owners_alone()
    {
        foreach (var file in Directory.GetFiles(Folder.Path))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, TempFolder.ModeOf(file));
    }

    [Fact]
    public async Task A_commit_is_synced_to_the_disk()
    {
        Assert.Equal(2, await Database.WriteAsync((c, t) => c.ExecuteScalarAsync<long>("PRAGMA synchronous", transaction: t), None));
        Assert.Equal("wal", await Database.WriteAsync((c, t) => c.ExecuteScalarAsync<string>("PRAGMA journal_mode", transaction: t), None));
        Assert.Equal(1, await Database.WriteAsync((c, t) => c.ExecuteScalarAsync<long>("PRAGMA foreign_keys", transaction: t), None));
    }
}
