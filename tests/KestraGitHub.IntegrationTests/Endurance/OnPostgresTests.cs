using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Endurance;

// The same tests again, on PostgreSQL.

[Collection("Endurance")]
public sealed class MainThreadOnPostgresTests(DatabaseServer server, ITestOutputHelper output) : MainThreadTests(output)
{
    private protected override async Task<(string, string)[]> StorageAsync() => [await server.SchemaAsync()];
}

[Collection("Endurance")]
public sealed class ControlOnPostgresTests(DatabaseServer server) : ControlTests
{
    private protected override async Task<(string, string)[]> StorageAsync() => [await server.SchemaAsync()];
}
