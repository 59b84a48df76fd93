using System.Data.Common;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>The commit that a branch has now, as a sync was told that needs no run for it.</summary>
/// <param name="Ref">In full.</param>
internal sealed record SeenHead(SyncKey Sync, RepositoryName Repository, string Ref, string Commit)
{
    public const string Put =
        """
        INSERT INTO seen_heads (tenant, namespace, flow, repository, ref, commit_id, seen_at)
        VALUES (@Tenant, @Namespace, @Flow, @Repository, @Ref, @Commit, @SeenAt)
        ON CONFLICT (tenant, namespace, flow, repository, ref) DO UPDATE SET commit_id = excluded.commit_id, seen_at = excluded.seen_at
        """;

    public object Row(DateTimeOffset now) => new
    {
        Sync.Tenant, Sync.Namespace, Sync.Flow, Repository = Repository.ToString(), Ref, Commit, SeenAt = now.ToUnixTimeMilliseconds(),
    };
}

/// <summary>One delivery, and all that comes of it.</summary>
/// <param name="Deliveries">One for each sync that takes it, or one for <see cref="SyncKey.None"/>.</param>
/// <param name="Names">Names of the repository that definitions have, which were not known to be its.</param>
/// <param name="Number">Null where the delivery tells none; then there are no names.</param>
internal sealed record FanOutWish(
    IReadOnlyList<DeliveryWish> Deliveries, IReadOnlyList<RepositoryName> Names, RepositoryNumber? Number, IReadOnlyList<SeenHead> Seen);

/// <summary>Takes in one delivery for many syncs: the statements of a batch, all of them in one transaction.</summary>
internal sealed class FanOutIntake
{
    private readonly Database _database;
    private readonly DeliveryIntake _intake;

    public FanOutIntake(Database database, DeliveryIntake intake) => (_database, _intake, Work) = (database, intake, Take);

    public BatchWork<FanOutWish, IReadOnlyList<Accepted>> Work { get; }

    private List<IReadOnlyList<Accepted>> Take(DbConnection connection, DbTransaction transaction, IReadOnlyList<FanOutWish> wishes)
    {
        var accepted = _intake.Work(connection, transaction, [.. wishes.SelectMany(w => w.Deliveries)]);
        var now = _database.Now;

        // Two of a batch that say the same: the later one is the newer.
        var names = wishes.SelectMany(w => w.Names.Select(n => (Name: n, w.Number))).GroupBy(p => p.Name).Select(g => RepositoryStore.Row(g.Key, g.Last().Number!, now));
        var heads = wishes.SelectMany(w => w.Seen).GroupBy(h => (h.Sync, h.Repository, h.Ref)).Select(g => g.Last().Row(now));
        _database.Execute(connection, transaction, new RowStatement(RepositoryStore.Remember, [.. names]), new RowStatement(SeenHead.Put, [.. heads]));

        var (results, at) = (new List<IReadOnlyList<Accepted>>(wishes.Count), 0);
        foreach (var wish in wishes)
        {
            results.Add([.. accepted.Skip(at).Take(wish.Deliveries.Count)]);
            at += wish.Deliveries.Count;
        }

        return results;
    }
}
