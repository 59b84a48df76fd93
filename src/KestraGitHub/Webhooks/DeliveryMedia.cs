using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace KestraGitHub.Webhooks;

internal enum DeliveryMedia
{
    Unsupported,
    Json,
    Form,
}

internal static class DeliveryMediaType
{
    public static DeliveryMedia Of(IHeaderDictionary headers)
    {
        if (!IsPlain(headers.ContentEncoding) || headers.ContentType.Count != 1) return DeliveryMedia.Unsupported;
        if (!MediaTypeHeaderValue.TryParse(headers.ContentType[0], out var type)) return DeliveryMedia.Unsupported;
        if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return DeliveryMedia.Json;
        return type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            ? DeliveryMedia.Form
            : DeliveryMedia.Unsupported;
    }

    private static bool IsPlain(StringValues encoding) =>
        encoding.Count == 0 || (encoding.Count == 1 && string.Equals(encoding[0], "identity", StringComparison.OrdinalIgnoreCase));
}
