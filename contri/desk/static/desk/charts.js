/* Draws every <canvas data-chart="id"> from the JSON beside it. Patterns and signs besides colours: the charts are read in
   black and white, too, and on paper. */
"use strict";

const INKS = ["#1d5b8f", "#c2571a", "#4b7a3c"];
const STRIPES = [null, [0, 8, 8, 0], [0, 0, 8, 8]];

function pattern(place) {
  const ink = INKS[place % INKS.length];
  const stripes = STRIPES[place % STRIPES.length];
  if (!stripes) {
    return ink;
  }
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = ink;
  pen.lineWidth = 3;
  for (const shift of [-8, 0, 8]) {
    pen.beginPath();
    pen.moveTo(stripes[0] + shift, stripes[1]);
    pen.lineTo(stripes[2] + shift, stripes[3]);
    pen.stroke();
  }
  return pen.createPattern(tile, "repeat");
}

function draw(canvas) {
  const chart = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const styles = getComputedStyle(document.documentElement);
  const ink = styles.getPropertyValue("--body-fg").trim() || "#333";
  const line = styles.getPropertyValue("--hairline-color").trim() || "#ccc";
  const isStacked = chart.kind === "stacked";
  new Chart(canvas, {
    type: "bar",
    data: {
      labels: chart.labels,
      datasets: chart.series.map((series, place) => ({
        label: series.label,
        data: series.data,
        backgroundColor: pattern(place),
        borderColor: INKS[place % INKS.length],
        borderWidth: 1.5,
        maxBarThickness: 48,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      color: ink,
      plugins: {
        legend: { display: chart.series.length > 1, labels: { boxWidth: 24 } },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${chart.unit}${item.formattedValue}` } },
      },
      scales: {
        x: { stacked: isStacked, ticks: { color: ink }, grid: { color: line } },
        y: { stacked: isStacked, beginAtZero: true, ticks: { color: ink, precision: 0 }, grid: { color: line } },
      },
    },
  });
}

document.querySelectorAll("canvas[data-chart]").forEach(draw);
