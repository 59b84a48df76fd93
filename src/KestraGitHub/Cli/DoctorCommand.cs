using System.CommandLine;
using System.Text.Json;

namespace KestraGitHub.Cli;

/// <param name="Verdict"><c>ok</c>, <c>warning</c> or <c>failed</c>.</param>
/// <param name="Says">What was found and, where it is not good, the cure.</param>
internal sealed record Finding(string Check, string Verdict, string Says)
{
    public const string Ok = "ok";
    public const string Warning = "warning";
    public const string Failed = "failed";
}

/// <summary><c>kestra-github doctor</c>: whether the service can work here, before it is started or when it does not.</summary>
internal static class DoctorCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var frame = new CommandFrame();
        var publicUrl = new Option<string?>("--public-url") { Description = "The address that GitHub is given, without the path: it is called once, as GitHub would." };
        var command = frame.Create(
            "doctor", "Check Git, the data folder, the database, definitions with their secrets and repositories, Kestra, the clocks, the sign-in provider and the webhook's address; 1 when something has to be mended.",
            settings, async (result, screen, form, ct) =>
            {
                await using var own = StandAlone.Create(settings, []);
                var findings = new List<Finding>();
                await foreach (var finding in new Doctor(own, result.GetValue(publicUrl)).LookAsync(ct))
                {
                    findings.Add(finding);
                    if (form is OutputForm.Text or OutputForm.Github) Tell(finding, form, screen);
                }

                var json = JsonSerializer.Serialize(findings, JsonSerializerOptions.Web);
                if (form == OutputForm.Json) screen.Out.WriteLine(json);
                if (form == OutputForm.Yaml) screen.Out.Write(YamlOutput.Of(json));
                return findings.Exists(f => f.Verdict == Finding.Failed) ? ExitCodes.Error : ExitCodes.Ok;
            });
        command.Options.Add(publicUrl);
        return command;
    }

    private static void Tell(Finding finding, OutputForm form, Screen screen)
    {
        if (form == OutputForm.Github && finding.Verdict != Finding.Ok)
        {
            ReportPrinter.Annotate(finding.Verdict == Finding.Failed ? "error" : "warning", finding.Check, finding.Says, screen);
            return;
        }

        var color = finding.Verdict switch { Finding.Ok => 32, Finding.Warning => 33, _ => 31 };
        screen.Out.WriteLine($"{screen.Colored(finding.Verdict.PadRight(7), color)}  {finding.Check}: {Screen.Plain(finding.Says)}");
    }
}
