namespace KestraGitHub.Api;

/// <summary>An answer that was written into memory first, so that it can be looked at.</summary>
/// <param name="Location">Of what was made, or null.</param>
internal sealed record CapturedAnswer(int Status, string? ContentType, string? Location, byte[] Body)
{
    /// <summary>Has <paramref name="result"/> write into memory instead of to the caller.</summary>
    public static async Task<CapturedAnswer> OfAsync(HttpContext context, object? result)
    {
        var response = context.Response;
        var wire = response.Body;
        using var memory = new MemoryStream();
        response.Body = memory;
        try
        {
            if (result is IResult answer) await answer.ExecuteAsync(context);
            return new CapturedAnswer(response.StatusCode, response.ContentType, response.Headers.Location, memory.ToArray());
        }
        finally
        {
            response.Body = wire;
        }
    }

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (ContentType is not null) response.ContentType = ContentType;
        if (Location is not null) response.Headers.Location = Location;
        if (Body.Length > 0) await response.Body.WriteAsync(Body, context.RequestAborted);
    }
}
