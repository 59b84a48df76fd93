using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

// The same tests again, on PostgreSQL.

[Collection(PostgresGroup.Name)]
public sealed class RunQueueOnPostgresTests(PostgresFixture postgres) : RunQueueTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class RunHistoryOnPostgresTests(PostgresFixture postgres) : RunHistoryTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class DeliveryStoreOnPostgresTests(PostgresFixture postgres) : DeliveryStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class InventoryStoreOnPostgresTests(PostgresFixture postgres) : InventoryStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class RetentionOnPostgresTests(PostgresFixture postgres) : RetentionTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class DeliveryBatchOnPostgresTests(PostgresFixture postgres) : DeliveryBatchTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class ScheduleStoreOnPostgresTests(PostgresFixture postgres) : ScheduleStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class KeptFilesOnPostgresTests(PostgresFixture postgres) : KeptFilesTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class OwnCommitStoreOnPostgresTests(PostgresFixture postgres) : OwnCommitStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class PauseStoreOnPostgresTests(PostgresFixture postgres) : PauseStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class JournalStoreOnPostgresTests(PostgresFixture postgres) : JournalStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class DriftStoreOnPostgresTests(PostgresFixture postgres) : DriftStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class TrustStoreOnPostgresTests(PostgresFixture postgres) : TrustStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class OutboxStoreOnPostgresTests(PostgresFixture postgres) : OutboxStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class IdempotencyStoreOnPostgresTests(PostgresFixture postgres) : IdempotencyStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class RunHeadsOnPostgresTests(PostgresFixture postgres) : RunHeadsTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class NotificationStoreOnPostgresTests(PostgresFixture postgres) : NotificationStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class TallyStoreOnPostgresTests(PostgresFixture postgres) : TallyStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class DefinitionsGitStoreOnPostgresTests(PostgresFixture postgres) : DefinitionsGitStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}

[Collection(PostgresGroup.Name)]
public sealed class AuditStoreOnPostgresTests(PostgresFixture postgres) : AuditStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}
