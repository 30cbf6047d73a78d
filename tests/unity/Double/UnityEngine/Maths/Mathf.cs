using System;

namespace UnityEngine
{
    /// <summary>Unity's functions over floats.</summary>
    public struct Mathf
    {
        public const float PI = (float)Math.PI;
        public const float Infinity = float.PositiveInfinity;
        public const float NegativeInfinity = float.NegativeInfinity;
        public const float Deg2Rad = PI * 2f / 360f;
        public const float Rad2Deg = 1f / Deg2Rad;
        public static readonly float Epsilon = float.Epsilon;

        public static float Sin(float f) => (float)Math.Sin(f);

        public static float Cos(float f) => (float)Math.Cos(f);

        public static float Tan(float f) => (float)Math.Tan(f);

        public static float Asin(float f) => (float)Math.Asin(f);

        public static float Acos(float f) => (float)Math.Acos(f);

        public static float Atan(float f) => (float)Math.Atan(f);

        public static float Atan2(float y, float x) => (float)Math.Atan2(y, x);

        public static float Sqrt(float f) => (float)Math.Sqrt(f);

        public static float Abs(float f) => Math.Abs(f);

        public static int Abs(int value) => Math.Abs(value);

        public static float Min(float a, float b) => a < b ? a : b;

        public static int Min(int a, int b) => a < b ? a : b;

        public static float Max(float a, float b) => a > b ? a : b;

        public static int Max(int a, int b) => a > b ? a : b;

        public static float Min(params float[] values)
        {
            float least = values.Length == 0 ? 0 : values[0];
            foreach (float value in values)
            {
                least = Min(least, value);
            }

            return least;
        }

        public static float Max(params float[] values)
        {
            float most = values.Length == 0 ? 0 : values[0];
            foreach (float value in values)
            {
                most = Max(most, value);
            }

            return most;
        }

        public static float Pow(float f, float p) => (float)Math.Pow(f, p);

        public static float Exp(float power) => (float)Math.Exp(power);

        public static float Log(float f) => (float)Math.Log(f);

        public static float Log(float f, float p) => (float)Math.Log(f, p);

        public static float Log10(float f) => (float)Math.Log10(f);

        public static float Ceil(float f) => (float)Math.Ceiling(f);

        public static float Floor(float f) => (float)Math.Floor(f);

        public static float Round(float f) => (float)Math.Round(f);

        public static int CeilToInt(float f) => (int)Math.Ceiling(f);

        public static int FloorToInt(float f) => (int)Math.Floor(f);

        public static int RoundToInt(float f) => (int)Math.Round(f);

        /// <summary>1 for 0 as well: unlike Math.Sign.</summary>
        public static float Sign(float f) => f >= 0 ? 1 : -1;

        public static float Clamp(float value, float min, float max) => value < min ? min : value > max ? max : value;

        public static int Clamp(int value, int min, int max) => value < min ? min : value > max ? max : value;

        public static float Clamp01(float value) => value < 0 ? 0 : value > 1 ? 1 : value;

        public static float Lerp(float a, float b, float t) => a + ((b - a) * Clamp01(t));

        public static float LerpUnclamped(float a, float b, float t) => a + ((b - a) * t);

        public static float LerpAngle(float a, float b, float t)
        {
            float delta = Repeat(b - a, 360);
            return a + ((delta > 180 ? delta - 360 : delta) * Clamp01(t));
        }

        public static float InverseLerp(float a, float b, float value) => a != b ? Clamp01((value - a) / (b - a)) : 0;

        public static float MoveTowards(float current, float target, float maxDelta) =>
            Abs(target - current) <= maxDelta ? target : current + (Sign(target - current) * maxDelta);

        public static float MoveTowardsAngle(float current, float target, float maxDelta)
        {
            float delta = DeltaAngle(current, target);
            return -maxDelta < delta && delta < maxDelta ? target : MoveTowards(current, current + delta, maxDelta);
        }

        public static float SmoothStep(float from, float to, float t)
        {
            t = Clamp01(t);
            t = (-2f * t * t * t) + (3f * t * t);
            return (to * t) + (from * (1 - t));
        }

        public static bool Approximately(float a, float b) => Abs(b - a) < Max(0.000001f * Max(Abs(a), Abs(b)), Epsilon * 8);

        public static float Repeat(float t, float length) => Clamp(t - (Floor(t / length) * length), 0, length);

        public static float PingPong(float t, float length) => length - Abs(Repeat(t, length * 2) - length);

        public static float DeltaAngle(float current, float target)
        {
            float delta = Repeat(target - current, 360);
            return delta > 180 ? delta - 360 : delta;
        }

        public static bool IsPowerOfTwo(int value) => (value & (value - 1)) == 0;

        public static int NextPowerOfTwo(int value)
        {
            int power = 1;
            while (power < value)
            {
                power <<= 1;
            }

            return power;
        }

        public static float SmoothDamp(float current, float target, ref float currentVelocity, float smoothTime) =>
            SmoothDamp(current, target, ref currentVelocity, smoothTime, Infinity, Time.deltaTime);

        public static float SmoothDamp(float current, float target, ref float currentVelocity, float smoothTime, float maxSpeed) =>
            SmoothDamp(current, target, ref currentVelocity, smoothTime, maxSpeed, Time.deltaTime);

        /// <summary>A critically damped spring, by the approximation of e^-x in Game Programming Gems 4, chapter 1.10, as Unity has it.</summary>
        public static float SmoothDamp(float current, float target, ref float currentVelocity, float smoothTime, float maxSpeed, float deltaTime)
        {
            smoothTime = Max(0.0001f, smoothTime);
            float omega = 2f / smoothTime;
            float x = omega * deltaTime;
            float decay = 1f / (1f + x + (0.48f * x * x) + (0.235f * x * x * x));
            float farthest = maxSpeed * smoothTime;
            float change = Clamp(current - target, -farthest, farthest);
            float goal = current - change;
            float step = (currentVelocity + (omega * change)) * deltaTime;
            currentVelocity = (currentVelocity - (omega * step)) * decay;
            float output = goal + ((change + step) * decay);
            if (target - current > 0 == output > target)
            {
                output = target;
                currentVelocity = (output - target) / deltaTime;
            }

            return output;
        }

        public static float SmoothDampAngle(float current, float target, ref float currentVelocity, float smoothTime) =>
            SmoothDampAngle(current, target, ref currentVelocity, smoothTime, Infinity, Time.deltaTime);

        public static float SmoothDampAngle(float current, float target, ref float currentVelocity, float smoothTime, float maxSpeed) =>
            SmoothDampAngle(current, target, ref currentVelocity, smoothTime, maxSpeed, Time.deltaTime);

        public static float SmoothDampAngle(float current, float target, ref float currentVelocity, float smoothTime, float maxSpeed, float deltaTime) =>
            SmoothDamp(current, current + DeltaAngle(current, target), ref currentVelocity, smoothTime, maxSpeed, deltaTime);
    }
}
