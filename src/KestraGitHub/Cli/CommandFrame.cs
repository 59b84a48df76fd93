using System.CommandLine;
using System.CommandLine.Parsing;
using System.Xml;

namespace KestraGitHub.Cli;

/// <summary>What the commands for scripts have in common: their output, their time, and an exit code for whatever ends them.</summary>
internal sealed class CommandFrame
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "How to write what was found; github is annotations of a workflow.", DefaultValueFactory = _ => "text",
    };
    private readonly Option<TimeSpan> _timeout = new("--timeout")
    {
        Description = "After which the command gives up: PT10M (the default), 10m, 90s.", CustomParser = ParseTime,
    };

    /// <param name="act">Returns the exit code.</param>
    public Command Create(
        string name, string description, IReadOnlyList<string> settings, Func<ParseResult, Screen, OutputForm, CancellationToken, Task<int>> act)
    {
        _output.AcceptOnlyFromAmong("text", "json", "yaml", "github");
        var command = new Command(name, description);
        command.Options.Add(_output);
        command.Options.Add(_timeout);
        command.SetAction((result, ct) => RunAsync(result, settings, act, ct));
        return command;
    }

    private async Task<int> RunAsync(
        ParseResult result, IReadOnlyList<string> settings, Func<ParseResult, Screen, OutputForm, CancellationToken, Task<int>> act, CancellationToken ct)
    {
        var (screen, form) = (Screen.OfConsole(), Enum.Parse<OutputForm>(result.GetValue(_output)!, ignoreCase: true));
        var timeout = result.GetValue(_timeout) is var time && time > TimeSpan.Zero ? time : DefaultTimeout;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(timeout);
        try
        {
            SecretFiles.RefuseIn(settings);
            return await act(result, screen, form, limit.Token);
        }
        catch (IOException e) when (StandardOutput.IsClosed(e))
        {
            return ExitCodes.Error;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await screen.Errors.WriteLineAsync("Stopped.");
            return ExitCodes.Error;
        }
        catch (OperationCanceledException)
        {
            return Tell(new CommandFault(ExitCodes.TimedOut, $"It took longer than {XmlConvert.ToString(timeout)}. Give it more --timeout, or look what is slow."), form, screen);
        }
#pragma warning disable CA1031 // The boundary of the command: a person reads a sentence, a script the code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Tell(e, form, screen);
        }
    }

    private static int Tell(Exception error, OutputForm form, Screen screen)
    {
        var code = ExitCodes.Of(error);
        var known = error is CommandFault or Configuration.ConfigurationException or Definitions.RenderException or Git.GitException or Kestra.KestraException
            or Runs.PermanentFailureException or HttpRequestException or IOException or UnauthorizedAccessException;
        var message = known ? error.Message : $"This is a fault of KestraGitHub: {error}";
        var report = new CommandReport(code == ExitCodes.Invalid ? "invalid" : "failed", "", null, null, null, null, new(), [], message)
        {
            Faults = (error as CommandFault)?.Faults ?? [],
        };
        try
        {
            if (form != OutputForm.Text)
            {
                ReportPrinter.Print(report, form, screen);
                return code;
            }
        }
        catch (IOException)
        {
            // Where data cannot go, a person is told.
        }

        foreach (var fault in report.Faults) screen.Errors.WriteLine(Screen.Plain(fault.ToString()));
        screen.Errors.WriteLine(known ? string.Join('\n', message.Split('\n').Select(Screen.Plain)) : message);
        return code;
    }

    private static TimeSpan ParseTime(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        var iso = text.StartsWith('P') ? text : "PT" + text.ToUpperInvariant();
        try
        {
            if (XmlConvert.ToTimeSpan(iso) is var time && time > TimeSpan.Zero && time <= TimeSpan.FromDays(1)) return time;
        }
        catch (FormatException)
        {
            // Said below.
        }

        argument.AddError($"'{text}' is no time: write PT10M, 10m or 90s, at most a day.");
        return default;
    }
}
