using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <summary>What is new of a run, as it happens. It ends with the run, and when the reader goes.</summary>
internal static class RunStream
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // Proxies cut what is silent for long; the client reconnects and says what it has seen.
    private const int SilentLooks = 15;

    public static async Task<IResult> Get(
        HttpContext context, RunStore runs, [FromServices] RunWatch watch, IHostApplicationLifetime lifetime, string id, string? after, CancellationToken ct)
    {
        if (await RunPages.Find(context, runs, id, ct) is null)
            return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no such run, or it is outside what you may see.");
        var seen = 0L;
        if (!string.IsNullOrEmpty(after) && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out seen))
            return TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, detail: "after must be a whole number: the seq of an event.");
        if (long.TryParse(context.Request.Headers["Last-Event-ID"], out var last)) seen = last;
        if (HttpMethods.IsHead(context.Request.Method)) return TypedResults.Content(string.Empty, "text/event-stream");
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(Follow(watch, id, seen, lifetime.ApplicationStopping, ct));
    }

    public static async IAsyncEnumerable<SseItem<StreamNote>> Follow(
        RunWatch watch, string id, long seen, CancellationToken stopping, [EnumeratorCancellation] CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, ct);
        using var reader = watch.Follow(id);
        RunRow? told = null;
        var silent = 0;
        while (!either.IsCancellationRequested)
        {
            if (await reader.LookAsync(ct) is not { Run: var run } look) yield break;
            foreach (var line in look.Lines.Where(l => l.Seq > seen))
            {
                seen = line.Seq;
                silent = 0;
                yield return new(new(null, line), "line") { EventId = line.Seq.ToString(CultureInfo.InvariantCulture) };
            }

            var note = new StreamNote(run.State.ToString().ToLowerInvariant(), null);
            if (told is null || told.State != run.State || told.CancelRequested != run.CancelRequested || told.Attempt != run.Attempt)
            {
                (told, silent) = (run, 0);
                yield return new(note, "state");
            }
            else if (++silent >= SilentLooks)
            {
                silent = 0;
                yield return new(note, "still");
            }

            if (run.Ended)
            {
                yield return new(note, "end");
                yield break;
            }

            try
            {
                await Task.Delay(Look, either.Token);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
    }
}

/// <summary>One message of a run's stream: its state, or a new line of its log.</summary>
public sealed record StreamNote(string? State, RunEvent? Line);
