using System.Text.Json;

namespace KestraGitHub.Kestra;

/// <summary>A successful answer whose body is still to be read. Whatever goes wrong while reading is a <see cref="KestraException"/>.</summary>
internal sealed class KestraAnswer(
    HttpResponseMessage response, KestraRequest request, string path, CancellationTokenSource time, CancellationToken ct) : IDisposable
{
    // Depth: a row holds the whole flow, whose tasks nest as deep as their author liked. The reader skips them without recursion.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { MaxDepth = 10_000 };

    public async Task<T> ReadJsonAsync<T>() where T : class
    {
        RefuseHtml();
        return await ReadAsync(async body => await JsonSerializer.DeserializeAsync<T>(body, Json, time.Token)).ConfigureAwait(false)
            ?? throw Unreadable("the answer is null");
    }

    /// <summary>Copies the body to <paramref name="target"/>; the time limit counts from the last bytes that came.</summary>
    /// <exception cref="KestraException">Of kind TooLarge when it is longer than <paramref name="longest"/>.</exception>
    public async Task<long> CopyToAsync(Stream target, long longest)
    {
        RefuseHtml();
        return await ReadAsync(async body =>
        {
            var buffer = new byte[81920];
            long size = 0;
            for (int read; (read = await body.ReadAsync(buffer, time.Token)) > 0;)
            {
                if ((size += read) > longest) throw TooLarge($"the answer is larger than {longest} bytes");
                await target.WriteAsync(buffer.AsMemory(0, read), time.Token);
                time.CancelAfter(request.Timeout);
            }

            return size;
        }).ConfigureAwait(false);
    }

    public KestraException Unreadable(string reason, bool passing = false, Exception? inner = null) =>
        new(KestraFailureKind.Unreadable, request.Method.Method, path, (int)response.StatusCode, reason, passing: passing, inner: inner);

    public KestraException TooLarge(string reason) =>
        new(KestraFailureKind.TooLarge, request.Method.Method, path, (int)response.StatusCode, reason);

    public void Dispose()
    {
        response.Dispose();
        time.Dispose();
    }

    private async Task<T> ReadAsync<T>(Func<Stream, Task<T>> read)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(time.Token);
            return await read(body);
        }
        catch (JsonException e)
        {
            throw Unreadable("the answer is not the JSON it should be", inner: e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            throw Unreadable("the answer was cut off", passing: true, inner: e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new KestraException(
                KestraFailureKind.Timeout, request.Method.Method, path, null, "the answer began and did not end in time", inner: e);
        }
    }

    // A sign-in page of a proxy answers 200 to everything: it must never be taken for data.
    private void RefuseHtml()
    {
        if (response.Content.Headers.ContentType?.MediaType is { } type && type.Contains("html", StringComparison.OrdinalIgnoreCase))
            throw Unreadable("a page of HTML came instead of data; a proxy or a sign-in page may stand before Kestra");
    }
}
