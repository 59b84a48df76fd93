using System.Diagnostics.Metrics;
using System.Globalization;

namespace KestraGitHub.Webhooks;

/// <summary>What the webhooks tell about themselves.</summary>
internal sealed class WebhookMetrics : IHostedService, IDisposable
{
    private readonly Meter _meter = new("KestraGitHub");
    private readonly Counter<long> _answers;
    private long _noRoom;

    public WebhookMetrics(BodyBlocks blocks)
    {
        _answers = _meter.CreateCounter<long>("kestra_github_webhook_answers", description: "Webhook calls that were answered, by status.");
        _meter.CreateObservableCounter(
            "kestra_github_webhook_backpressure", () => Interlocked.Read(ref _noRoom),
            description: "Webhook calls that were told to come back later, because too many bytes were in flight.");
        _meter.CreateObservableGauge(
            "kestra_github_webhook_bytes_in_flight", () => blocks.InFlight, description: "Bytes of bodies that are held now; at most Webhooks:MaxBytesInFlight.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IResult Answered(IResult answer)
    {
        var status = ((IStatusCodeHttpResult)answer).StatusCode ?? StatusCodes.Status200OK;
        _answers.Add(1, new KeyValuePair<string, object?>("status", status.ToString(CultureInfo.InvariantCulture)));
        return answer;
    }

    public void NoRoom() => Interlocked.Increment(ref _noRoom);

    public void Dispose() => _meter.Dispose();
}
