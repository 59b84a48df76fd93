using KestraGitHub.StandIns.Git;

namespace KestraGitHub.Demo;

/// <summary>What lies in the demo's repository, and the definition that syncs it.</summary>
internal static class DemoContent
{
    public const string Namespace = "company.team";
    public const string Flows = "_flows/";
    public const string Files = "_files/";
    public const string Changed = Flows + "hello_world.yml";

    private const string HelloWorld = """
        id: hello_world
        namespace: company.team
        description: Greets whoever starts it
        inputs:
          - id: name
            type: STRING
            defaults: world
        tasks:
          - id: greet
            type: io.kestra.plugin.core.log.Log
            message: Hello, {{ inputs.name }}!

        """;

    private const string DailyReport = """
        id: daily_report
        namespace: company.team
        description: Says every morning what there is to report
        tasks:
          - id: query
            type: io.kestra.plugin.core.debug.Return
            format: "{{ read('scripts/report.sql') }}"
          - id: announce
            type: io.kestra.plugin.core.log.Log
            message: "The report of {{ trigger.date ?? execution.startDate }} is ready"
        triggers:
          - id: every_morning
            type: io.kestra.plugin.core.trigger.Schedule
            cron: "0 7 * * 1-5"

        """;

    private const string CleanUp = """
        id: clean_up
        namespace: company.team.data
        description: Lives in a folder, and so in a child namespace
        tasks:
          - id: say
            type: io.kestra.plugin.core.log.Log
            message: Everything older than a month may go

        """;

    private const string Report = """
        SELECT day, count(*) AS orders
        FROM orders
        WHERE day = current_date - 1
        GROUP BY day;

        """;

    /// <summary>The repository's first commit.</summary>
    public static Dictionary<string, SandboxFile> First() => new()
    {
        ["README.md"] = "# Flows of company.team\n\nWhat lies here is what Kestra runs.\n",
        [Changed] = HelloWorld,
        [Flows + "daily_report.yml"] = DailyReport,
        [Flows + "data/clean_up.yml"] = CleanUp,
        [Files + "scripts/report.sql"] = Report,
        [Files + "contacts.json"] = "{ \"reports\": \"reports@example.org\" }\n",
    };

    /// <summary>The second: one line of one flow is another.</summary>
    public static Dictionary<string, SandboxFile> Second() =>
        new(First()) { [Changed] = HelloWorld.Replace("Hello,", "Good morning,", StringComparison.Ordinal) };

    public static string Definition(string cloneUrl) => $$$"""
        id: sync_from_git
        namespace: system
        description: The flows and files of company.team come from Git
        tasks:
          - id: flows
            type: io.kestra.plugin.git.SyncFlows
            url: {{{cloneUrl}}}
            branch: main
            username: git
            password: "{{ secret('GITHUB_ACCESS_TOKEN') }}"
            targetNamespace: {{{Namespace}}}
            includeChildNamespaces: true
            delete: true
          - id: files
            type: io.kestra.plugin.git.SyncNamespaceFiles
            url: {{{cloneUrl}}}
            branch: main
            username: git
            password: "{{ secret('GITHUB_ACCESS_TOKEN') }}"
            namespace: {{{Namespace}}}
            delete: true
        triggers:
          - id: github
            type: io.kestra.plugin.core.trigger.Webhook
            key: "{{ secret('WEBHOOK_KEY') }}"

        """;
}
